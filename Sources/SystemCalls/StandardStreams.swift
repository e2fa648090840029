import Glibc

/// The streams of a small program that has no other way to write.
public enum StandardStreams {
    /// Writes a whole text to a descriptor, such as 1 or 2.
    ///
    /// - Returns: why it could not be written to its end; nil when it was.
    @discardableResult
    public static func write(_ text: String, to descriptor: Int32) -> String? {
        let bytes = Array(text.utf8)
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress?.advanced(by: done), bytes.count - done)
            }
            if count < 0, errno != EINTR { return String(cString: strerror(errno)) }
            done += max(0, count)
        }
        return nil
    }

    /// Ends the program.
    public static func exit(_ status: Int32) -> Never { Glibc.exit(status) }
}
