// modules: Compiler Model Resources
// Any bytes as a manifest: refused with an error or compiled, never a crash, and never both.
import Compiler
import Model
import Resources

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    let reader = MapSite(bytes: [
        "site.yaml": Array("site: fuzz\n".utf8), "manifests/fuzz.yaml": bytes, "files/t": bytes,
        "data/common.yaml": bytes,
    ])
    let site = Site(reader, types: Registry.all, engine: EngineVersion("1.0.0"))
    let facts = CompilationTarget(identity: HostIdentity(id: "id", name: "host"), facts: nil)
    let compilation = site.compilation(for: facts)
    precondition(compilation.diagnostics.hasErrors == (compilation.catalog == nil), "an error, or a catalog")
    return 0
}
