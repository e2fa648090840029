// modules: Signatures Values
// Any bytes as a signature, an object of git, allowed signers and revoked keys: refused, never a crash, and never trusted.
import Signatures
import Values

private let now: Int64 = 1_798_761_600
private let trusted = "ana ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea\n"

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    var diagnostics = Diagnostics()
    _ = AllowedSigners(parsing: bytes, path: "signers", into: &diagnostics)
    _ = RevokedKeys(parsing: bytes, path: "revoked", into: &diagnostics)
    _ = SigningKey(blob: bytes)
    let armored = "-----BEGIN SSH SIGNATURE-----\n\(Base64.text(of: bytes))\n-----END SSH SIGNATURE-----\n"
    for text in [bytes, Array(armored.utf8)] {
        if let signature = try? SSHSignature(armored: text) { _ = signature.isValid(of: bytes, for: "git") }
    }
    var others = Diagnostics()
    let policy = TrustPolicy(signers: AllowedSigners(parsing: Array(trusted.utf8), path: "signers", into: &others))
    let head = "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor a <a> 1 +0000\ncommitter a <a> 1 +0000\n"
    let folded = armored.split(separator: "\n").joined(separator: "\n ")
    for commit in [bytes, Array(head.utf8) + bytes, Array("\(head)gpgsig \(folded)\n\nx\n".utf8)] {
        precondition(!policy.verdict(onCommit: commit, now: now).isTrusted)
    }
    precondition(!policy.verdict(onTag: bytes, named: "v1", of: "", now: now).isTrusted)
    return 0
}
