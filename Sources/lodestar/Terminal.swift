import LinuxHost

/// Results go to standard output, diagnostics to standard error.
enum Terminal {
    static func print(_ text: String) { LocalFiles.writeAll(Array("\(text)\n".utf8), to: 1) }
    static func report(_ text: String) { LocalFiles.writeAll(Array("\(text)\n".utf8), to: 2) }
}
