public import Model
import Scheduling
import YAML

extension AgentSettings {
    /// Reads the file of the settings strictly: unknown keys and other values are errors with their places.
    ///
    /// - Parameter path: what the places name.
    public static func read(_ bytes: [UInt8], path: String, into diagnostics: inout Diagnostics) -> AgentSettings {
        var settings = AgentSettings()
        guard let root = YAMLReader.read(SourceText(bytes, path: path), into: &diagnostics) else {
            return settings
        }
        let keys = [
            "source", "state", "runtime", "schedules", "metrics", "report", "reports", "outputs", "scheduler",
            "converge",
        ]
        let reader = NodeReader(root, allowed: keys, what: "the settings", into: &diagnostics)
        settings.converge.readSource(reader, into: &diagnostics)
        reader.read("state", &settings.state, into: &diagnostics)
        reader.read("runtime", &settings.runtime, into: &diagnostics)
        reader.read("schedules", &settings.schedules, into: &diagnostics)
        settings.metrics = reader.decoded("metrics", into: &diagnostics)
        if let node = reader["reports"] {
            let reports = NodeReader(node, allowed: ["size", "count"], what: "reports", into: &diagnostics)
            reports.read("size", &settings.reportSize, into: &diagnostics)
            reports.read("count", &settings.reportCount, in: 0...1000, into: &diagnostics)
        }
        if let node = reader["report"] { settings.readReport(node, into: &diagnostics) }
        if let node = reader["outputs"] {
            let outputs = NodeReader(node, allowed: ["size"], what: "outputs", into: &diagnostics)
            outputs.read("size", &settings.outputSize, into: &diagnostics)
        }
        if let node = reader["scheduler"] {
            let keys = ["concurrent", "starts_per_second", "burst"]
            let limits = NodeReader(node, allowed: keys, what: "scheduler", into: &diagnostics)
            limits.read("concurrent", &settings.limits.concurrentCount, in: 1...1000, into: &diagnostics)
            limits.read("starts_per_second", &settings.limits.perSecond, in: 1...10_000, into: &diagnostics)
            limits.read("burst", &settings.limits.burst, in: 1...10_000, into: &diagnostics)
        }
        if let node = reader["converge"] { settings.converge.read(node, into: &diagnostics) }
        return settings
    }
}

extension AgentSettings.Converge {
    fileprivate mutating func read(_ node: Node, into diagnostics: inout Diagnostics) {
        let keys = ["root", "mode", "interval", "on_start", "on_change", "timeout", "windows"]
        let reader = NodeReader(node, allowed: keys, what: "converge", into: &diagnostics)
        reader.read("root", &root, into: &diagnostics)
        reader.read("mode", &mode, into: &diagnostics)
        reader.read("interval", &interval, in: .seconds(10) ... .seconds(366 * 86400), into: &diagnostics)
        reader.read("on_start", &onStart, into: &diagnostics)
        reader.read("on_change", &onChange, into: &diagnostics)
        reader.read("timeout", &timeout, in: .seconds(1) ... .seconds(7 * 86400), into: &diagnostics)
        guard let node = reader["windows"] else { return }
        guard case .list(let items) = node.content else {
            return diagnostics.add(Diagnostic("`windows`: expected a list, found \(node.found)", at: node.place))
        }
        windows = items.compactMap { AgentSettings.Window(reading: $0, into: &diagnostics) }
    }
}

extension AgentSettings.Window {
    fileprivate init?(reading node: Node, into diagnostics: inout Diagnostics) {
        self.init(definition: ScheduleDefinition(), length: .zero)
        let keys = ["cron", "every", "timezone", "length"]
        let reader = NodeReader(node, allowed: keys, what: "a window", into: &diagnostics)
        definition.name = "window"
        definition.spread = .off
        definition.cron = reader.decoded("cron", into: &diagnostics)
        definition.every = reader.decoded("every", into: &diagnostics)
        reader.read("timezone", &definition.timezone, into: &diagnostics)
        reader.read("length", &length, in: .seconds(1) ... .seconds(366 * 86400), into: &diagnostics)
        let times = [reader["cron"], reader["every"]].compactMap(\.self)
        if times.count != 1 || reader["length"] == nil {
            diagnostics.add(
                Diagnostic(
                    "expected a window of `length` and one of `cron` and `every`",
                    at: times.count == 2 ? times[1].place : node.place))
            return nil
        }
        for problem in definition.problems {
            guard let node = problem.property.flatMap({ reader[$0] }) else { continue }
            diagnostics.add(Diagnostic(problem.text, at: node.place))
        }
        if length == .zero || (definition.cron == nil && definition.every == nil) { return nil }
    }
}
