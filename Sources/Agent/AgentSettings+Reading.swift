public import Model
import Scheduling
import YAML

extension AgentSettings {
    /// Reads the file of the settings strictly: unknown keys and other values are errors with their places.
    ///
    /// - Parameter path: what the places name.
    public static func read(_ bytes: [UInt8], path: String, into diagnostics: inout Diagnostics) -> AgentSettings {
        var settings = AgentSettings()
        guard let root = YAMLReader.read(SourceText(bytes, file: SourceFile(path)), into: &diagnostics) else {
            return settings
        }
        let keys = [
            "source", "state", "runtime", "schedules", "metrics", "reports", "outputs", "scheduler", "converge",
        ]
        var reader = SettingsReader(diagnostics: diagnostics)
        reader.each(of: root, what: "the settings", allowed: keys) { entry, reader in
            switch entry.key {
            case "source": reader.read(entry, &settings.converge.source)
            case "state": reader.read(entry, &settings.state)
            case "runtime": reader.read(entry, &settings.runtime)
            case "schedules": reader.read(entry, &settings.schedules)
            case "metrics": reader.read(entry, &settings.metrics)
            case "reports": settings.readReports(entry.value, &reader)
            case "outputs":
                reader.each(of: entry.value, what: "outputs", allowed: ["size"]) { entry, reader in
                    reader.read(entry, &settings.outputSize)
                }
            case "scheduler": settings.readLimits(entry.value, &reader)
            default: settings.converge.read(entry.value, &reader)
            }
        }
        diagnostics = reader.diagnostics
        return settings
    }

    private mutating func readReports(_ node: Node, _ reader: inout SettingsReader) {
        reader.each(of: node, what: "reports", allowed: ["size", "count"]) { entry, reader in
            if entry.key == "size" { reader.read(entry, &reportSize) }
            if entry.key == "count" { reader.read(entry, &reportCount, in: 0...1000) }
        }
    }

    private mutating func readLimits(_ node: Node, _ reader: inout SettingsReader) {
        let keys = ["concurrent", "starts_per_second", "burst"]
        reader.each(of: node, what: "scheduler", allowed: keys) { entry, reader in
            switch entry.key {
            case "concurrent": reader.read(entry, &limits.concurrentCount, in: 1...1000)
            case "starts_per_second": reader.read(entry, &limits.perSecond, in: 1...10_000)
            default: reader.read(entry, &limits.burst, in: 1...10_000)
            }
        }
    }
}

extension AgentSettings.Converge {
    fileprivate mutating func read(_ node: Node, _ reader: inout SettingsReader) {
        let keys = ["root", "mode", "interval", "on_start", "on_change", "timeout", "windows"]
        reader.each(of: node, what: "converge", allowed: keys) { entry, reader in
            switch entry.key {
            case "root": reader.read(entry, &root)
            case "mode": reader.read(entry, &mode)
            case "interval": reader.read(entry, &interval, in: .seconds(10) ... .seconds(366 * 86400))
            case "on_start": reader.read(entry, &onStart)
            case "on_change": reader.read(entry, &onChange)
            case "timeout": reader.read(entry, &timeout, in: .seconds(1) ... .seconds(7 * 86400))
            default: readWindows(entry.value, &reader)
            }
        }
    }

    private mutating func readWindows(_ node: Node, _ reader: inout SettingsReader) {
        guard case .list(let items) = node.content else {
            return reader.report("`windows`: expected a list, found \(node.found)", at: node.place)
        }
        for item in items {
            var window = AgentSettings.Window(definition: ScheduleDefinition(), length: .zero)
            window.definition.name = "window"
            reader.each(of: item, what: "a window", allowed: ["cron", "every", "timezone", "length"]) { entry, reader in
                switch entry.key {
                case "cron": reader.read(entry, &window.definition.cron)
                case "every": reader.read(entry, &window.definition.every)
                case "timezone": reader.read(entry, &window.definition.timezone)
                default: reader.read(entry, &window.length, in: .seconds(1) ... .seconds(366 * 86400))
                }
            }
            window.definition.spread = .off
            if (window.definition.cron == nil) == (window.definition.every == nil) || window.length == .zero {
                reader.report("expected a window of `length` and one of `cron` and `every`", at: item.place)
            } else {
                windows.append(window)
            }
        }
    }
}

/// Reads mappings with a fixed set of keys and collects what is wrong with them.
struct SettingsReader {
    var diagnostics: Diagnostics

    mutating func report(_ message: String, at place: Place, hint: String? = nil) {
        diagnostics.add(Diagnostic(message, at: place, hint: hint))
    }

    mutating func each(
        of node: Node, what: String, allowed: [String], _ body: (Node.Entry, inout SettingsReader) -> Void
    ) {
        switch node.content {
        case .map(let entries):
            for entry in entries {
                if allowed.contains(entry.key) {
                    body(entry, &self)
                } else {
                    report(
                        "expected a key of \(what), found `\(entry.key)`", at: entry.keyPlace,
                        hint: Spelling.hint(for: entry.key, among: allowed))
                }
            }
        case .null, .scalar("", isQuoted: false): break
        default: report("\(what): expected a mapping, found \(node.found)", at: node.place)
        }
    }

    mutating func read<Value: FieldValue>(_ entry: Node.Entry, _ value: inout Value) {
        if let decoded = decoded(Value.self, entry) { value = decoded }
    }

    mutating func read<Value: FieldValue>(_ entry: Node.Entry, _ value: inout Value?) {
        if let decoded = decoded(Value.self, entry) { value = decoded }
    }

    mutating func read<Value: FieldValue & Comparable>(
        _ entry: Node.Entry, _ value: inout Value, in range: ClosedRange<Value>
    ) {
        guard let decoded = decoded(Value.self, entry) else { return }
        guard range.contains(decoded) else {
            let bounds = [range.lowerBound, range.upperBound].map { bound in
                if case .text(let text) = bound.shown { text } else { "" }
            }
            return report(
                "`\(entry.key)`: expected \(bounds[0]) to \(bounds[1]), found \(entry.value.found)",
                at: entry.value.place)
        }
        value = decoded
    }

    private mutating func decoded<Value: FieldValue>(_ type: Value.Type, _ entry: Node.Entry) -> Value? {
        do throws(DecodingFault) {
            return try Value(decoding: entry.value)
        } catch {
            report(
                "`\(entry.key)`: expected \(error.expected), found \(error.found)", at: error.place, hint: error.hint)
            return nil
        }
    }
}
