// modules: Secrets Model
// Any bytes as a secret's file: refused, never a crash, since nobody can make one for an identity they do not have.
import Model
import Secrets

private let identity = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
private let secrets = AgeSecrets(identities: AgeIdentity.list(in: Array(identity.utf8)))

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    _ = AgeIdentity.list(in: bytes)
    _ = try? secrets.plaintext(of: bytes, named: "fuzz")
    return 0
}
