import Bundles
import Model
import Signatures
import SystemCalls

/// The signature of a bundle's list: by ssh-keygen(1), or one that somebody has made.
struct BundleSigner {
    typealias Signature = (lines: [UInt8], signature: SSHSignature)

    let key: String?
    let file: String?

    /// The signature that was asked for; nil where none was.
    func signature(of list: BundleList) throws -> Signature? {
        let lines: [UInt8], name: String
        if let key {
            (lines, name) = (try Self.signature(of: list.bytes, by: key), key)
        } else if let file {
            guard let bytes = try LocalFiles.contents(of: file, limit: BundleLimits.signatureSize) else {
                Terminal.report("\(file): error: expected a signature, found no file")
                throw ExitStatus.notFound
            }
            (lines, name) = (bytes, file)
        } else {
            return nil
        }
        do throws(SSHSignature.Fault) {
            let signature = try SSHSignature(armored: lines)
            if signature.isValid(of: list.bytes, for: TrustPolicy.bundleNamespace) { return (lines, signature) }
            Terminal.report(
                "\(name): error: expected a signature of this bundle for `\(TrustPolicy.bundleNamespace)`, found one of something else"
            )
            Terminal.report("  hint: it is made of BUNDLE, which differs for another commit and another --expires")
        } catch {
            Terminal.report("\(name): error: expected a signature of ssh-keygen, found another: \(error.reason)")
        }
        throw ExitStatus.refused
    }

    private static func signature(of bytes: [UInt8], by key: String) throws -> [UInt8] {
        try KeyGenerator.withFolder { generator in
            let file = "\(generator.folder)/\(BundleList.name)"
            try LocalFiles.write(bytes, to: file, isDurable: false)
            try generator.run(["-q", "-Y", "sign", "-f", key, "-n", TrustPolicy.bundleNamespace, file])
            return try LocalFiles.contents(of: "\(file).sig", limit: BundleLimits.signatureSize) ?? []
        }
    }
}
