import Model
import SystemCalls

/// The site that an import makes: a manifest for each subject, and the contents of files below `files/`.
struct ImportedSite {
    private let manifest: ImportedManifest
    private let name: String

    init(_ manifest: ImportedManifest, name: String) {
        self.manifest = manifest
        self.name = name
    }

    /// Which types stand together; every other type has a manifest of its own.
    private static let subjects: [(name: String, types: [String])] = [
        ("accounts", ["group", "user", "authorized_key", "sudo_rule", "limit"]),
        ("packages", ["repository", "package"]),
        ("services", ["service"]),
        ("kernel", ["sysctl", "kernel_module"]),
        ("storage", ["mount", "swap"]),
        ("network", ["host_entry", "known_host"]),
        ("system", ["hostname", "timezone", "locale"]),
        ("files", ["file", "directory", "link"]),
    ]

    /// A site is never written into a folder that holds something.
    static func check(_ directory: String) throws {
        guard LocalFiles.exists(directory) else { return }
        let names = try Terminal.reportingFaults { try LocalFiles.names(in: directory) }
        if let first = names.first {
            Terminal.report("error: expected an empty folder or none, found \(directory)/\(first)")
            throw ExitStatus.failure
        }
    }

    /// - Returns: the files, in their order.
    func write(to directory: String) throws -> [String] {
        var written: [String] = []
        func write(_ text: [UInt8], _ path: String) throws {
            let path = "\(directory)/\(path)"
            try LocalFiles.makeDirectory(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]))
            try LocalFiles.write(text, to: path, mode: 0o644)
            written.append(path)
        }
        try write(Array("site: \(ManifestText.word(name))\n".utf8), "site.yaml")
        for (subject, types) in groups {
            let text = manifest.text(of: types, contentsIn: .inFiles)
            if !text.isEmpty { try write(Array(text.utf8), "manifests/\(subject).yaml") }
        }
        for resource in manifest.resources {
            if let source = resource.source { try write(source.bytes, "files/\(source.path)") }
        }
        if !manifest.omissions.isEmpty {
            let lines = ["What the import left out:", ""] + manifest.omissions.map { "- \($0.printable)" }
            try write(Array((lines.joined(separator: "\n") + "\n").utf8), "LEFT-OUT.md")
        }
        return written
    }

    private var groups: [(name: String, types: [String])] {
        let known = Set(Self.subjects.flatMap(\.types))
        return Self.subjects + manifest.types.filter { !known.contains($0) }.map { ($0, [$0]) }
    }
}
