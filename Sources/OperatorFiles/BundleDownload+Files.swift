import Model
import SystemCalls

extension BundleDownload {
    /// The files of a bundle on the web in the folder of a root's state: the copy, what has come of the next one, and for each the mark by
    /// which the server knows it. Where nothing is kept, a folder that goes again.
    final class Files {
        /// The last one; nil where none is kept.
        let copy: String?
        /// The same, where this one may take its place.
        let copyToWrite: String?
        let part: String
        let partMark: String
        private let temporary: String?
        /// Another process may fetch the same.
        private let lock: ProcessLock?

        private static let temporaryStart = "/var/tmp/lodestar-fetch"
        private static let markLimit = 64 << 10

        init(copy: String?, isKeeping: Bool) throws(HostFault) {
            self.copy = copy
            var lock: ProcessLock?
            if let copy, isKeeping || LocalFiles.exists(copy) {
                try LocalFiles.makeDirectory(String(copy[..<(copy.lastIndex(of: "/") ?? copy.startIndex)]), mode: 0o700)
                lock = try? ProcessLock(at: "\(copy).lock")
            }
            self.lock = lock
            copyToWrite = lock == nil ? nil : copy
            temporary = lock == nil ? try LocalFiles.madeTemporary(Self.temporaryStart) : nil
            part = "\(temporary ?? copy ?? "").part"
            partMark = Self.mark(of: part)
        }

        deinit {
            guard let temporary else { return }
            LocalFiles.remove(part)
            LocalFiles.remove(partMark)
            try? LocalFiles.removeTree(temporary)
        }

        /// Where the mark of a file is.
        static func mark(of path: String) -> String { "\(path).json" }

        /// The mark that is kept of what is at an address; nil for none, and for one that another address gave.
        static func tag(in path: String, of address: WebAddress) -> String? {
            guard let bytes = try? LocalFiles.stateContents(of: path, limit: markLimit),
                let datum = try? Datum(json: bytes),
                datum["url"] == .string(address.text), case .string(let tag)? = datum["etag"]
            else { return nil }
            return tag
        }

        static func write(_ tag: String, of address: WebAddress, to path: String) throws(HostFault) {
            try RecordFile.write(["url": .string(address.text), "etag": .string(tag)], to: path)
        }
    }
}
