import ArgumentParser
import Model
import Signatures
import SignedFiles
import SystemCalls

/// The signature of what a bundle, an image or a token says: by ssh-keygen(1), or one that somebody has made.
struct FileSigner {
    typealias Signature = (lines: [UInt8], signature: SSHSignature)

    let purpose: TrustPolicy.Purpose
    /// What the signature is made of, in a file of this name.
    let name: String
    let key: String?
    var file: String?

    /// The signature that was asked for; nil where none was.
    func signature(of bytes: [UInt8]) throws -> Signature? {
        let lines: [UInt8], place: String
        if let key {
            (lines, place) = (try signature(of: bytes, by: key), key)
        } else if let file {
            guard let found = try LocalFiles.contents(of: file, limit: ListedTarHead.signatureLimit) else {
                Terminal.report("\(file): error: expected a signature, found no file")
                throw ExitStatus.notFound
            }
            (lines, place) = (found, file)
        } else {
            return nil
        }
        do throws(SSHSignature.Fault) {
            let signature = try SSHSignature(armored: lines)
            if signature.isValid(of: bytes, for: purpose.namespace) { return (lines, signature) }
            Terminal.report(
                "\(place): error: expected a signature of this \(name) for `\(purpose.namespace)`, found one of something else"
            )
            Terminal.report("  hint: it is made of \(name), which differs for other contents and another --expires")
        } catch {
            Terminal.report("\(place): error: expected a signature of ssh-keygen, found another: \(error.reason)")
        }
        throw ExitStatus.refused
    }

    private func signature(of bytes: [UInt8], by key: String) throws -> [UInt8] {
        try KeyGenerator.withFolder { generator in
            let file = "\(generator.folder)/\(name)"
            try LocalFiles.write(bytes, to: file, isDurable: false)
            try generator.run(["-q", "-Y", "sign", "-f", key, "-n", purpose.namespace, file])
            return try LocalFiles.contents(of: "\(file).sig", limit: ListedTarHead.signatureLimit) ?? []
        }
    }
}
