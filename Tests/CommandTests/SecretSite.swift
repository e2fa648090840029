import Foundation
import Testing

/// A site with one secret, `db`, and the identity that reads it.
struct SecretSite {
    let path: String
    var identity: String { "\(path)/identity" }

    init(_ manifest: String, secret: String) throws {
        path = try Tool.site(manifest)
        #expect(Tool.run(["age-keygen", "-o", identity]).status == 0)
        let key = try #require(try String(contentsOfFile: identity, encoding: .utf8).firstMatch(of: /age1[a-z0-9]+/)).0
        try FileManager.default.createDirectory(atPath: "\(path)/secrets", withIntermediateDirectories: true)
        try "\(key)\n".write(toFile: "\(path)/secrets/recipients.txt", atomically: true, encoding: .utf8)
        try rotate(to: secret)
    }

    func rotate(to secret: String) throws {
        try? FileManager.default.removeItem(atPath: "\(path)/secrets/db.age")
        let edited = Tool.lodestar("secret", "edit", "db", path, input: secret)
        #expect(edited.status == 0, "\(edited.errors)")
    }

    func declare(_ manifest: String) throws {
        try manifest.write(toFile: "\(path)/manifests/base.yaml", atomically: true, encoding: .utf8)
    }

    /// Everything that the commands about this site and its past say.
    func said(_ root: String, applying: Bool = true) -> String {
        var said = ""
        let here = [path, "--identity", identity, "--root", root], past = ["--root", root]
        for words in [["plan"] + here, ["plan", "--format", "json"] + here]
            + (applying ? [["apply", "--format", "json"] + here] : [])
            + [["history"] + past, ["ledger", "--format", "json"] + past]
        {
            let result = Tool.run([Tool.binary] + words)
            said += result.output + result.errors
        }
        for run in 1...12 {
            for format in ["text", "json"] {
                said += Tool.run([Tool.binary, "show", "\(run)", "--format", format] + past).output
            }
        }
        return said
    }

    /// The forms in which a text may have been kept.
    static func forms(of secret: String) -> [String] {
        let data = Data(secret.utf8)
        return [
            secret, data.base64EncodedString().trimmingCharacters(in: ["="]),
            data.map { String(format: "%02x", $0) }.joined(),
        ]
    }
}
