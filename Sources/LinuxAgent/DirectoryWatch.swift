import CShim
import Glibc
import SystemCalls

/// Watches a directory, on demand with all below it, for changes (inotify(7)). Hidden entries do not count.
final class DirectoryWatch {
    struct Changes {
        var names: Set<String> = []
        /// More than names can tell: look at everything.
        var isWhole = false

        var isEmpty: Bool { names.isEmpty && !isWhole }
    }

    private static let directoryLimit = 10_000

    let descriptor: Int32
    private let path: String
    private let isRecursive: Bool
    private var directories: [Int32: String] = [:]
    private var changes = Changes()

    init(_ path: String, isRecursive: Bool) {
        self.path = path
        self.isRecursive = isRecursive
        descriptor = lodestar_watch_open()
        watch(path)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Whether the directory is there and watched.
    private(set) var isWatching = false

    /// Begins again where the directory came only now; true when it did.
    func retry() -> Bool {
        guard !isWatching else { return false }
        watch(path)
        return isWatching
    }

    private func watch(_ directory: String, depth: Int = 0) {
        guard descriptor >= 0, directories.count < Self.directoryLimit, depth < 64 else { return }
        let number = lodestar_watch_add(descriptor, directory)
        guard number >= 0 else { return }
        directories[number] = directory
        if directory == path { isWatching = true }
        guard isRecursive, let listing = try? DirectoryListing(of: directory) else { return }
        for entry in listing.entries where entry.kind == .directory && !entry.name.hasPrefix(".") {
            watch("\(directory)/\(entry.name)", depth: depth + 1)
        }
    }

    /// The changes since the last call.
    func read() -> Changes {
        changes = Changes()
        lodestar_watch_read(descriptor, Unmanaged.passUnretained(self).toOpaque()) { context, change in
            guard let context, let change else { return }
            Unmanaged<DirectoryWatch>.fromOpaque(context).takeUnretainedValue().note(change.pointee, change)
        }
        return changes
    }

    private func note(_ change: lodestar_change, _ pointer: UnsafePointer<lodestar_change>) {
        if change.is_overflow != 0 { changes.isWhole = true }
        if change.is_gone != 0, let gone = directories.removeValue(forKey: change.number) {
            if gone == path {
                changes.isWhole = true
                isWatching = false
            }
            return
        }
        let name = String(cString: lodestar_change_name(pointer))
        guard let directory = directories[change.number], !name.isEmpty, !name.hasPrefix(".") else { return }
        if isRecursive, change.is_directory != 0 { watch("\(directory)/\(name)") }
        changes.names.insert(name)
    }
}
