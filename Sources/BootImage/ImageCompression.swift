import Values

/// How the files of the mini OS are packed; the kernel reads both.
public enum ImageCompression: String, CaseIterable, Sendable {
    case gzip, zstd

    /// The same bytes for the same input: no name, no time, one thread.
    func packed(_ bytes: [UInt8], in folder: String) throws(HostFault) -> [UInt8] {
        switch self {
        case .gzip: try Tools.filter(bytes, ["gzip", "-n", "-9"], ending: ("", ".gz"), in: folder)
        case .zstd:
            try Tools.filter(bytes, ["zstd", "-q", "--rm", "-19", "--single-thread"], ending: ("", ".zst"), in: folder)
        }
    }
}
