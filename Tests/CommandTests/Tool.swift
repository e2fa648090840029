import Foundation

/// The built binary, run as a user would.
enum Tool {
    static let top = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path()
    /// The tests' own bundle lies beside the binary.
    static let binary: String = {
        let beside = URL(filePath: CommandLine.arguments.first ?? "").deletingLastPathComponent()
        let candidates = [beside.appending(path: "lodestar").path(), "\(top).build/debug/lodestar"]
        return candidates.first { FileManager.default.isExecutableFile(atPath: $0) } ?? "lodestar"
    }()

    struct Result {
        var status: Int32
        var output: String
        var errors: String
    }

    /// Runs `lodestar` in the repository's top folder.
    static func lodestar(_ words: String..., input: String? = nil) -> Result { run([binary] + words, input: input) }

    static func run(_ words: [String], input: String? = nil) -> Result {
        let process = Process(), output = Pipe(), errors = Pipe(), source = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        process.currentDirectoryURL = URL(filePath: top)
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = source
        do { try process.run() } catch { return Result(status: -1, output: "", errors: "\(error)") }
        source.fileHandleForWriting.write(Data((input ?? "").utf8))
        try? source.fileHandleForWriting.close()
        nonisolated(unsafe) var errorData = Data()
        let done = DispatchSemaphore(value: 0)
        let errorHandle = errors.fileHandleForReading
        DispatchQueue.global().async {
            errorData = errorHandle.readDataToEndOfFile()
            done.signal()
        }
        let outputData = output.fileHandleForReading.readDataToEndOfFile()
        done.wait()
        process.waitUntilExit()
        return Result(
            status: process.terminationStatus, output: String(decoding: outputData, as: UTF8.self),
            errors: String(decoding: errorData, as: UTF8.self))
    }

    /// A folder that goes away with the test's process.
    static func folder() throws -> String {
        let path = NSTemporaryDirectory() + "lodestar-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    /// A root without a system in it.
    static func bareRoot() throws -> String {
        let root = try folder()
        let result = run(["Examples/bare-root.sh", root])
        precondition(result.status == 0, result.errors)
        return root
    }

    /// A bare root with the programs of busybox.
    static func rootWithShell() throws -> String {
        let root = try bareRoot()
        let script = "mkdir -p '\(root)/bin' && cp \"$(command -v busybox)\" '\(root)/bin/busybox'"
        let links = "for p in sh cat false true touch test grep; do ln -s busybox '\(root)/bin/'$p; done"
        let result = run(["sh", "-ec", "\(script); \(links)"])
        precondition(result.status == 0, result.errors)
        return root
    }

    /// A site of one manifest.
    static func site(_ manifest: String, settings: String = "site: test\n") throws -> String {
        let folder = try folder()
        try FileManager.default.createDirectory(atPath: "\(folder)/manifests", withIntermediateDirectories: true)
        try settings.write(toFile: "\(folder)/site.yaml", atomically: true, encoding: .utf8)
        try manifest.write(toFile: "\(folder)/manifests/base.yaml", atomically: true, encoding: .utf8)
        return folder
    }
}
