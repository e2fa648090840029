import CShim
import Glibc
import Model
import SystemCalls

/// Writing into a file that cannot be renamed over, such as one that is mounted by itself.
extension Linux {
    func writeInPlace(_ write: FileWrite) throws(HostFault) {
        let entry = try writableEntry(write.path, "write")
        guard let present = try status(entry, write.path) else { return try writeWhole(write) }
        try check(write.replaced, present, write.path)
        let isGuarded = try isGuarded(write.path)
        if write.validator != nil || isGuarded {
            let pending = try prepare(WantedFile(write))
            discard(pending)
            pending.close()
        }
        let descriptor = lodestar_open(
            entry.directory.descriptor, entry.name, O_RDWR | O_NOFOLLOW | O_NONBLOCK, 0, 0, entry.directory.identity)
        guard descriptor >= 0 else { throw HostFault("write", write.path.text, ErrorNumber.text(-descriptor)) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw HostFault("write", write.path.text, ErrorNumber.last.text)
        }
        try checkNames(of: status, entry, "write", write.path)
        try overwrite(descriptor, with: write)
        try set(AttributeChange(write.path, kind: .file, attributes: write.attributes))
    }

    private func writeWhole(_ write: FileWrite) throws(HostFault) {
        let file = try prepare(WantedFile(write))
        defer { file.close() }
        do throws(HostFault) {
            guard fsync(file.descriptor) == 0 else {
                throw HostFault("write", write.path.text, ErrorNumber.last.text)
            }
            try place(file)
        } catch {
            discard(file)
            throw error
        }
    }

    /// Nothing of the old content goes before there is room for the new one, and a failure brings it back.
    private func overwrite(_ descriptor: Int32, with write: FileWrite) throws(HostFault) {
        let old: [UInt8]
        do throws(ReadFault) {
            old = try OpenFile.bytes(of: descriptor, limit: 256 << 20)
        } catch {
            throw HostFault(
                "keep the content of", write.path.text, "\(error.reason); `in_place` brings it back if it fails")
        }
        let room = lodestar_reserve(descriptor, Int64(write.content.byteCount))
        if room < 0 { throw HostFault("write", write.path.text, ErrorNumber.text(-room)) }
        do throws(HostFault) {
            try Self.put(write.content, into: descriptor, write.path)
        } catch {
            try? Self.put(.whole(Content(old)), into: descriptor, write.path)
            throw error
        }
    }

    /// Afterwards the file has these bytes and no others.
    private static func put(_ content: FileContent, into descriptor: Int32, _ path: AbsolutePath) throws(HostFault) {
        func fault() -> HostFault { HostFault("write", path.text, ErrorNumber.last.text) }
        guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw fault() }
        try content.read { (piece) throws(HostFault) in
            guard LocalFiles.writeAll(piece, to: descriptor) else { throw fault() }
        }
        guard ftruncate(descriptor, off_t(content.byteCount)) == 0, fsync(descriptor) == 0 else { throw fault() }
    }
}
