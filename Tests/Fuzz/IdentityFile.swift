// modules: Hostinfo Values YAML
// Any bytes as the override, the placeholders, the pin and a capture: an error or a value; a pin is read as it was written.
import Hostinfo
import Values

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    var diagnostics = Diagnostics()
    let found = IdentityOverride(reading: bytes, from: "identity.yaml", into: &diagnostics)
    if found == nil, !diagnostics.hasErrors { fatalError("refused without an error") }
    _ = SitePlaceholders(reading: bytes, from: "placeholders.yaml", into: &diagnostics)
    if let pin = try? PinnedIdentity(reading: bytes) {
        let again = try? PinnedIdentity(reading: Array(pin.datum.json.utf8))
        if again != pin { fatalError("a pin that is not read as it was written") }
    }
    if let datum = try? Datum(json: bytes) { _ = AddressReport(AddressSelection(NetworkLayout(capture: datum))) }
    return 0
}
