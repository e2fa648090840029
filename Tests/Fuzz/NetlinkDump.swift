// modules: Hostinfo Values
// Any bytes as dumps of rtnetlink: the first byte says which; a layout and its capture give the same addresses.
import Hostinfo
import Values

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    guard let first = bytes.first else { return 0 }
    let rest = Array(bytes.dropFirst())
    // All kinds of messages in one dump too, since each is taken by its type.
    let part: (UInt8) -> [UInt8]? = { first % 7 == $0 || first % 7 == 6 ? rest : nil }
    let dumps = NetworkLayout.Dumps(
        links: part(0), addresses: part(1), routes4: part(2), routes6: part(3), rules4: part(4), rules6: part(5))
    let layout = NetworkLayout(dumps) { _ in first & 0x80 != 0 }
    let report = AddressReport(AddressSelection(layout))
    if let found = report.primary, !layout.addresses.contains(found.address) { fatalError("an address of nowhere") }
    _ = NetworkLayout(capture: layout.capture)
    return 0
}
