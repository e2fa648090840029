import Scheduling

/// A forecast as a plot of blocks: one column for some seconds, as high as their busiest one.
struct ForecastPlot {
    private let forecast: Forecast
    private let isColored: Bool
    private static let height = 10
    private static let blocks: [Character] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    init(_ forecast: Forecast, isColored: Bool) {
        self.forecast = forecast
        self.isColored = isColored
    }

    func text(columns: Int, _ hosts: Int) -> String {
        let margin = max(6, "\(forecast.peak)".count + 1)
        let width = max(10, min(columns - margin - 2, forecast.starts.count))
        let tops = columnPeaks(width)
        let top = max(1, tops.max() ?? 1)
        var lines = [
            "\(forecast.total) starts of \(hosts) hosts in \(forecast.starts.count) s: "
                + "mean \(rounded(forecast.mean)), peak \(forecast.peak) a second"
        ]
        for row in stride(from: Self.height - 1, through: 0, by: -1) {
            let label = row == Self.height - 1 ? "\(top)" : row == 0 ? "0" : row == Self.height / 2 ? "\(top / 2)" : ""
            var line = String(repeating: " ", count: margin - label.count) + label + " ┤"
            line += colored(String(tops.map { block($0, of: top, row: row) }))
            lines.append(line)
        }
        let first = forecast.start.text(), last = forecast.end.text()
        let gap = max(1, width - first.count - last.count)
        lines.append(String(repeating: " ", count: margin + 1) + "└" + String(repeating: "─", count: width))
        lines.append(String(repeating: " ", count: margin + 2) + first + String(repeating: " ", count: gap) + last)
        return lines.joined(separator: "\n")
    }

    /// The busiest second of each column.
    private func columnPeaks(_ width: Int) -> [Int] {
        let count = forecast.starts.count
        return (0..<min(width, max(1, count))).map { column in
            let low = column * count / width, high = max(low + 1, (column + 1) * count / width)
            return forecast.starts[low..<min(high, count)].max() ?? 0
        }
    }

    /// The part of a column that lies in a row, in eighths.
    private func block(_ value: Int, of top: Int, row: Int) -> Character {
        let eighths = value * Self.height * 8 / top
        let filled = min(8, max(0, eighths - row * 8))
        return row == 0 && value > 0 && filled == 0 ? "▁" : Self.blocks[filled]
    }

    private func colored(_ text: String) -> String { isColored ? "\u{1B}[36m\(text)\u{1B}[0m" : text }

    private func rounded(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
