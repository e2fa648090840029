public import Model

/// Decrypts a site's secrets with the identities of one host or site.
public struct AgeSecrets: SecretReader {
    /// Empty: the values are not known here.
    let identities: [AgeIdentity]

    public init(identities: [AgeIdentity]) {
        self.identities = identities
    }

    /// The public keys of the identities: which secrets can be read.
    public var recipients: [String] { identities.map(\.recipient.text) }

    public func plaintext(of file: [UInt8], named name: String) throws(SecretFault) -> [UInt8]? {
        identities.isEmpty ? nil : try AgeFile.decrypted(file, with: identities)
    }
}
