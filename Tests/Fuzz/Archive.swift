// modules: Compiler Model Resources
// Any bytes as the caches of a root: counted as none or read, never a crash.
import Compiler
import Model
import Resources

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    _ = CatalogArchive(bytes, types: Registry.type(named:)) { _ in true }
    _ = InPlaceMemo(bytes, types: Registry.type(named:)) { _ in true }
    return 0
}
