// modules: Bundles Model SystemFiles Signatures
// Any bytes as the list of a bundle and as a header of tar: refused, or read and written as the same; never a crash.
import Bundles
import SystemFiles
import Model
import Signatures

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    if let list = try? BundleList(parsing: bytes) {
        guard let again = try? BundleList(parsing: list.bytes) else { preconditionFailure("not read again") }
        precondition(again == list)
        precondition(!list.files.contains { $0.path.split(separator: "/").contains("..") || $0.path.hasPrefix("/") })
    }
    let block = Array(bytes.prefix(512))
    if let header = TarHeader(block) { _ = (header.name, header.byteCount, header.mode, header.type) }
    if let written = TarHeader.block(ofFile: bytes, mode: 0o644, byteCount: count, time: count) {
        guard let header = TarHeader(written) else { preconditionFailure("no header") }
        precondition(header.byteCount == count && header.type == 0x30)
        precondition(bytes.contains(0) || header.name == bytes)
    }
    return 0
}
