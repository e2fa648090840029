import Crypto

/// The MD5 by which package managers know the files that they laid (deb-conffiles(5), dpkg's `md5sums`): it tells a file
/// that somebody changed, and guards against nobody.
public enum PackageDigest {
    /// In lower case hexadecimal.
    public static func text(of bytes: [UInt8]) -> String {
        bytes.withUnsafeBytes { buffer in
            var hash = Insecure.MD5()
            hash.update(bufferPointer: buffer)
            return Array(hash.finalize()).hexadecimal
        }
    }
}
