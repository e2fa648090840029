import Foundation

/// ssh-keygen(1) in a folder of its own: it makes keys and signatures, and is the judge.
public struct Keygen {
    public init() {}

    private let folder = TemporaryFolder()

    public func path(_ name: String) -> String { "\(folder.path)/\(name)" }

    public func write(_ bytes: [UInt8], to name: String) throws { try Data(bytes).write(to: URL(filePath: path(name))) }

    public func read(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path(name)))) }

    public func run(_ words: String..., input: [UInt8]? = nil) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/ssh-keygen")
        process.arguments = words
        process.environment = ["PATH": "/usr/bin:/bin", "HOME": folder.path, "TZ": "UTC"]
        if let input { try write(input, to: "input") }
        process.standardInput = FileHandle(forReadingAtPath: input == nil ? "/dev/null" : path("input"))
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// A new key, and the line of its public half.
    public func key(_ type: String, bits: Int? = nil) throws -> (file: String, line: String) {
        let file = path("key-\(UUID().uuidString)"), size = bits.map { ["-b", "\($0)"] } ?? []
        let process = ["-q", "-t", type] + size + ["-N", "", "-C", "", "-f", file]
        let status = try {
            let run = Process()
            run.executableURL = URL(filePath: "/usr/bin/ssh-keygen")
            run.arguments = process
            run.standardError = FileHandle.nullDevice
            try run.run()
            run.waitUntilExit()
            return run.terminationStatus
        }()
        if status != 0 { throw Failure() }
        let line = try String(contentsOfFile: "\(file).pub", encoding: .utf8)
        return (file, line.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    public func signature(of message: [UInt8], by file: String, namespace: String = "git", hash: String = "sha512")
        throws
        -> [UInt8]
    {
        try write(message, to: "message")
        try? FileManager.default.removeItem(atPath: path("message.sig"))
        let status = try run("-q", "-Y", "sign", "-f", file, "-n", namespace, "-O", "hashalg=\(hash)", path("message"))
        if status != 0 { throw Failure() }
        return try read("message.sig")
    }

    /// Whether ssh-keygen takes a signature.
    public func accepts(
        _ signature: [UInt8], of message: [UInt8], signers: String, principal: String = "ana", at time: String? = nil
    ) throws -> Bool {
        try write(signature, to: "judged.sig")
        try write(Array(signers.utf8), to: "signers")
        let option = time.map { "verify-time=\($0)" } ?? "verify-time=20270101Z"
        return try run(
            "-q", "-Y", "verify", "-f", path("signers"), "-I", principal, "-n", "git", "-s", path("judged.sig"), "-O",
            option, input: message) == 0
    }

    /// ssh-keygen did not do it.
    public struct Failure: Error {}

    /// The lines of a signature.
    public static func armor(_ blob: [UInt8]) -> [UInt8] {
        var lines = ["-----BEGIN SSH SIGNATURE-----"], text = Data(blob).base64EncodedString()[...]
        while !text.isEmpty {
            lines.append(String(text.prefix(70)))
            text = text.dropFirst(70)
        }
        return Array((lines + ["-----END SSH SIGNATURE-----", ""]).joined(separator: "\n").utf8)
    }

    /// The bytes between the lines of a signature.
    public static func blob(of text: [UInt8]) -> [UInt8] {
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n").dropFirst().dropLast()
        return Array(Data(base64Encoded: lines.joined()) ?? Data())
    }
}
