import CShim

/// The entries of a directory, all of them: a listing that ends early is a fault, never a short answer.
public struct DirectoryListing: Sendable {
    public struct Entry: Sendable {
        public var name: String
        /// The kind, as far as the directory itself says.
        public var kind: Kind
    }

    public enum Kind: Sendable {
        case file, directory, other
        /// The file system does not say.
        case unknown
    }

    /// In the order of the directory, without `.` and `..`.
    public private(set) var entries: [Entry] = []

    /// The names in the order of their letters.
    public var names: [String] { entries.map(\.name).sorted() }

    /// Lists an open directory and closes the descriptor.
    ///
    /// - Throws: the error number.
    public init(closing descriptor: Int32) throws(ErrorNumber) {
        let result = withUnsafeMutablePointer(to: &entries) { pointer in
            lodestar_list(descriptor, pointer) { context, name, kind in
                guard let context, let name else { return }
                context.assumingMemoryBound(to: [Entry].self).pointee.append(
                    Entry(name: String(cString: name), kind: Kind(Int(kind))))
            }
        }
        if result < 0 { throw ErrorNumber(-result) }
    }

    /// Lists a directory by its path, following links.
    public init(of path: String) throws(ErrorNumber) {
        let descriptor = lodestar_open_directory(path)
        if descriptor < 0 { throw ErrorNumber(-descriptor) }
        try self.init(closing: descriptor)
    }
}

extension DirectoryListing.Kind {
    fileprivate init(_ kind: Int) {
        switch kind {
        case LODESTAR_KIND_FILE: self = .file
        case LODESTAR_KIND_DIRECTORY: self = .directory
        case LODESTAR_KIND_UNKNOWN: self = .unknown
        default: self = .other
        }
    }
}
