public import Model

/// What one run of a check told, read by the rules of its format. Nothing of the check's output gets further than its
/// status, finite numbers and names in known characters.
public struct CheckReading: Sendable, Hashable {
    /// The states of Nagios' plugins.
    public enum Status: Int, Sendable {
        case ok, warning, critical, unknown
    }

    /// One number, with what the check calls it.
    public struct Measure: Sendable, Hashable {
        /// nil for the one number of a check.
        public var label: String?
        public var unit: String?
        public var value: Double
    }

    public var status: Status
    /// One line for a person.
    public var message: String
    public var measures: [Measure] = []
    public var exposition = Exposition()

    public init(_ status: Status, _ message: String) {
        self.status = status
        self.message = message
    }

    /// What ended a run.
    public enum Ending: Sendable, Hashable {
        case exit(Int)
        case signal(Int)
        case timeLimit
        case interrupt
    }

    /// The most bytes of output that are read.
    public static let outputLimit = 512 << 10
    /// The most numbers of one run.
    static let measureLimit = 100

    /// - Parameters:
    ///   - output: the standard output; nil where it was longer than the limit.
    ///   - beginning: its first bytes in any case.
    public init(
        _ format: CheckFormat, name: String, _ ending: Ending, output: [UInt8]?, beginning: [UInt8]
    ) {
        guard case .exit(let exitStatus) = ending else {
            self.init(.unknown, ending.text)
            return
        }
        let line = String(decoding: beginning.prefix(4096), as: UTF8.self).textLines().first.map { String($0) } ?? ""
        switch format {
        case .exit:
            let status = Status(rawValue: exitStatus)
            let text = line.prefix { $0 != "|" }.trimmed
            self.init(status ?? .unknown, status == nil ? "it ended with status \(exitStatus): \(text)" : text)
            guard let output, String(validating: output, as: UTF8.self) != nil else {
                message += " (what it measured is left out: \(output == nil ? "too much output" : "no UTF-8"))"
                return
            }
            measures = PerformanceData.measures(in: String(decoding: output, as: UTF8.self))
        case .value:
            guard exitStatus == 0 else {
                self.init(.unknown, "it ended with status \(exitStatus): \(line)")
                return
            }
            guard let output, let value = Self.number(in: output) else {
                self.init(.unknown, "expected one number, found `\(line.prefix(80))`")
                return
            }
            self.init(.ok, "\(value)")
            measures = [Measure(value: value)]
        case .prometheus:
            guard exitStatus == 0 else {
                self.init(.unknown, "it ended with status \(exitStatus): \(line)")
                return
            }
            guard let output else {
                self.init(.unknown, "more than \(Self.outputLimit) bytes of output")
                return
            }
            do throws(Exposition.Fault) {
                let exposition = try Exposition(parsing: output, of: name)
                self.init(.ok, "\(exposition.sampleCount) samples")
                self.exposition = exposition
            } catch {
                self.init(.unknown, error.text)
            }
        }
    }

    /// A finite number of ASCII alone between white space.
    private static func number(in output: [UInt8]) -> Double? {
        guard output.count <= 400, let text = String(validating: output, as: UTF8.self) else { return nil }
        return PerformanceData.number(text.trimmed)
    }
}

/// How a check tells its state.
public enum CheckFormat: String, FieldValue, CaseIterable {
    case exit, value, prometheus
}

extension CheckReading.Ending {
    fileprivate var text: String {
        switch self {
        case .exit(let status): "it ended with status \(status)"
        case .signal(let number): "signal \(number) ended it"
        case .timeLimit: "it took too long"
        case .interrupt: "it was interrupted"
        }
    }
}

/// What stands behind `|` in the output of a plugin (Monitoring Plugins Development Guidelines, performance data).
enum PerformanceData {
    /// `'label'=value[unit];...` from the first line, and from the lines behind a further `|`; what is none of it is left out.
    static func measures(in output: String) -> [CheckReading.Measure] {
        var data = "", isInLongOutput = true
        for (index, line) in output.textLines(omittingEmpty: false).enumerated() {
            let parts = line.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
            if index == 0 {
                data += parts.count > 1 ? " \(parts[1])" : ""
            } else if !isInLongOutput {
                data += " \(line)"
            } else if parts.count > 1 {
                isInLongOutput = false
                data += " \(parts[1])"
            }
        }
        var measures: [CheckReading.Measure] = [], labels = Set<String>()
        var rest = Substring(data)
        while measures.count < CheckReading.measureLimit, let (label, value) = next(&rest) {
            guard let measure = measure(label, value), labels.insert(label).inserted else { continue }
            measures.append(measure)
        }
        return measures
    }

    /// The next label and what stands behind its `=`; nil at the end.
    private static func next(_ rest: inout Substring) -> (label: String, value: Substring)? {
        while true {
            rest = rest.drop { $0.isWhitespace }
            guard let first = rest.first else { return nil }
            var label = ""
            if first == "'" {
                rest.removeFirst()
                while let character = rest.popFirst() {
                    if character != "'" {
                        label.append(character)
                    } else if rest.first == "'" {
                        label.append("'")
                        rest.removeFirst()
                    } else {
                        break
                    }
                }
            } else {
                label = String(rest.prefix { $0 != "=" && !$0.isWhitespace })
                rest = rest.dropFirst(label.count)
            }
            guard rest.first == "=" else {
                rest = rest.drop { !$0.isWhitespace }
                continue
            }
            let value = rest.dropFirst().prefix { !$0.isWhitespace }
            rest = rest.dropFirst(value.count + 1)
            return (label, value)
        }
    }

    private static func measure(_ label: String, _ text: Substring) -> CheckReading.Measure? {
        let field = text.prefix { $0 != ";" }
        let digits = field.prefix { $0.isASCII && ($0.isNumber || "+-.eE".contains($0)) }
        // `1e` is a one with the unit `e`, not the beginning of an exponent.
        for length in stride(from: digits.count, to: 0, by: -1) {
            guard let value = number(String(digits.prefix(length))) else { continue }
            let unit = field.dropFirst(length)
            guard !label.isEmpty, label.utf8.count <= 200, label == label.printable, unit.utf8.count <= 16,
                unit.allSatisfy({ $0.isASCII && ($0.isLetter || $0 == "%" || $0 == "/") })
            else { return nil }
            return CheckReading.Measure(label: label, unit: unit.isEmpty ? nil : String(unit), value: value)
        }
        return nil
    }

    /// A decimal number as every program writes it: no hexadecimal, no `inf`, no `nan`.
    static func number(_ text: String) -> Double? {
        guard !text.isEmpty, text.utf8.count <= 64,
            text.utf8.allSatisfy({ $0.isASCIIDigit || "+-.eE".utf8.contains($0) }), let value = Double(text),
            value.isFinite
        else { return nil }
        return value
    }
}
