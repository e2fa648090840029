import CShim
import Glibc
public import Values

/// Reading a file that is open.
public enum OpenFile {
    /// O_PATH of open(2), which the C library only declares for GNU programs.
    public static let pathOnly: Int32 = 0o10000000

    /// The bytes of a file from its beginning to its end; of a regular file as many as its size says.
    ///
    /// - Parameter isPlain: whether anything but a regular file is a fault: a fifo would be waited for.
    public static func bytes(of descriptor: Int32, limit: Int, isPlain: Bool = false) throws(ReadFault) -> [UInt8] {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .failed(.last) }
        if isPlain, let kind = FileKind.special(status.st_mode) { throw .special(kind) }
        let size = status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : 0
        guard size <= limit else { throw .large(limit: limit) }
        if size > 0 { return try next(size, of: descriptor) }
        // A pipe has no size, and a file of /proc says 0.
        var bytes: [UInt8] = []
        while true {
            let more = try next(1 << 16, of: descriptor)
            bytes += more
            if bytes.count > limit { throw .large(limit: limit) }
            if more.count < 1 << 16 { return bytes }
        }
    }

    /// The size of a regular file in bytes.
    public static func byteCount(of descriptor: Int32) throws(ReadFault) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .failed(.last) }
        if let kind = FileKind.special(status.st_mode) { throw .special(kind) }
        return Int(status.st_size)
    }

    /// Hands over the bytes of a file of any size, some at a time.
    ///
    /// - Parameter path: how the file is called in a fault.
    public static func read(
        _ descriptor: Int32, named path: String, _ sink: ByteStream.Sink
    ) throws(HostFault) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw HostFault("read", path, ErrorNumber.last.text) }
            if count == 0 { return }
            try sink(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// Bytes of a file or a device from an offset on, fewer only at its end.
    public static func bytes(of descriptor: Int32, at offset: Int, count: Int) throws(ReadFault) -> [UInt8] {
        try filled(count) { place, done in pread(descriptor, place, count - done, off_t(offset + done)) }
    }

    /// The next bytes of a file or a pipe, fewer only at its end.
    public static func next(_ count: Int, of descriptor: Int32) throws(ReadFault) -> [UInt8] {
        try filled(count) { place, done in Glibc.read(descriptor, place, count - done) }
    }

    /// Bytes that come some at a time.
    ///
    /// - Parameter step: puts more at a place, after so many that are there, and returns how many, as read(2) does.
    private static func filled(
        _ count: Int, _ step: (UnsafeMutableRawPointer?, Int) -> Int
    ) throws(ReadFault) -> [UInt8] {
        var fault: ReadFault?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
            while done < count {
                let more = step(buffer.baseAddress?.advanced(by: done), done)
                if more < 0, errno == EINTR { continue }
                if more < 0 { fault = .failed(.last) }
                if more <= 0 { break }
                done += more
            }
        }
        if let fault { throw fault }
        return bytes
    }
}

/// Why a file was not read.
public enum ReadFault: Error, Sendable, Hashable {
    case failed(ErrorNumber)
    /// It is no regular file but, in words, another thing.
    case special(String)
    case large(limit: Int)

    public var reason: String {
        switch self {
        case .failed(let error): error.text
        case .special(let kind): "expected a regular file, found \(kind)"
        case .large(let limit):
            limit & 0xFFFFF == 0 ? "it has more than \(limit >> 20) MiB" : "it has more than \(limit) bytes"
        }
    }
}

/// What is no regular file, by its mode (inode(7)).
public enum FileKind {
    /// The kind of a mode, in words; nil for a regular file.
    public static func special(_ mode: UInt32) -> String? {
        switch mode & S_IFMT {
        case S_IFREG: nil
        case S_IFDIR: "a directory"
        case S_IFLNK: "a link"
        case S_IFIFO: "a fifo"
        case S_IFSOCK: "a socket"
        default: "a device"
        }
    }
}
