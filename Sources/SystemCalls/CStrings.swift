import Glibc

/// A vector of texts as C wants them, freed with its owner.
public final class CStrings {
    /// The texts, and NULL after the last.
    public let pointer: UnsafeMutablePointer<UnsafePointer<CChar>?>
    private let count: Int

    public init(_ texts: [String]) {
        count = texts.count
        pointer = .allocate(capacity: texts.count + 1)
        for (index, text) in texts.enumerated() { pointer[index] = UnsafePointer(strdup(text)) }
        pointer[texts.count] = nil
    }

    /// The same list for functions of POSIX, which do not write to it but do not say so.
    public var mutablePointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> {
        UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: UnsafeMutablePointer<CChar>?.self)
    }

    deinit {
        for index in 0..<count { free(UnsafeMutablePointer(mutating: pointer[index])) }
        pointer.deallocate()
    }
}
