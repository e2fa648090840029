import Model

/// The texts that systemd reads of a service: a unit, what is added to one, and its environment.
struct UnitText {
    var name: String
    var command: [String]?
    var user: String?
    var environmentFile: String?
    var memory: String?
    var cpu: String?
    var tasks: Int?

    init(name: String) {
        self.name = name
    }

    private static let head = "# Written by Lodestar; changes here are undone.\n"

    private var limits: [String] {
        [
            memory.map { "MemoryMax=\($0)" }, cpu.map { "CPUQuota=\($0)" }, tasks.map { "TasksMax=\($0)" },
        ].compactMap(\.self)
    }

    /// What is added to the unit of a package; nil where nothing is.
    var dropIn: String? {
        var lines = limits
        if let command { lines += ["ExecStart=", "ExecStart=\(Self.line(command))"] }
        if let user { lines.append("User=\(user)") }
        if let environmentFile { lines.append("EnvironmentFile=\(environmentFile)") }
        return lines.isEmpty ? nil : Self.head + "[Service]\n" + lines.map { "\($0)\n" }.joined()
    }

    /// A whole unit, which may write nothing but below /var/lib/NAME.
    var whole: String {
        var lines = ["ExecStart=\(Self.line(command ?? []))"]
        if let user { lines.append("User=\(user)") }
        if let environmentFile { lines.append("EnvironmentFile=\(environmentFile)") }
        lines += [
            "StateDirectory=\(name)", "Restart=always", "RestartSec=1", "NoNewPrivileges=yes", "ProtectSystem=strict",
            "ProtectHome=read-only", "PrivateTmp=yes",
        ]
        lines += limits
        return """
            \(Self.head)[Unit]
            Description=\(name), a monitoring agent
            Wants=network-online.target
            After=network-online.target

            [Service]
            \(lines.joined(separator: "\n"))

            [Install]
            WantedBy=multi-user.target

            """
    }

    /// The words of a command line (systemd.service(5)): nothing in them is a variable, a specifier or an escape.
    static func line(_ words: [String]) -> String {
        words.map { word in
            if word.isASCIIWord(or: "/._+-=:,@") { return word }
            let escaped = word.unicodeScalars.map { scalar in
                switch scalar {
                case "\\", "\"": "\\\(scalar)"
                case "%": "%%"
                case "$": "$$"
                default: String(scalar)
                }
            }
            return "\"\(escaped.joined())\""
        }.joined(separator: " ")
    }

    /// The lines of an environment file (systemd.exec(5)).
    static func environment(_ map: SecretMap) -> String {
        head
            + map.entries.map { entry in
                let value = String(decoding: entry.value.bytes, as: UTF8.self).unicodeScalars.map { scalar in
                    ["\\", "\"", "$", "`"].contains(scalar) ? "\\\(scalar)" : String(scalar)
                }
                return "\(entry.name)=\"\(value.joined())\"\n"
            }.joined()
    }

    static func isPlain(_ text: String) -> Bool {
        !text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
    }

    static func isVariable(_ name: String) -> Bool {
        name.first?.isNumber == false && name.isASCIIWord(or: "_")
    }
}
