// modules: Hostinfo Values
// Any bytes as SMBIOS tables, with and without an entry point: stated gaps, never a crash; the serial that is found is valid.
import Hostinfo
import Values

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    for entryPoint in [nil, Array(bytes.prefix(31))] {
        var evidence = SerialEvidence()
        evidence.firmware = Firmware(table: bytes, entryPoint: entryPoint)
        for isVirtual in [false, true] {
            evidence.isVirtual = isVirtual
            for candidate in evidence.candidates where candidate.isValid {
                guard let value = candidate.value, value.utf8.count <= 64 + 5 else { fatalError("a long serial") }
                if !value.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { fatalError("a serial that is no ASCII") }
            }
        }
        _ = evidence.firmware?.memory.map(\.byteCount)
    }
    return 0
}
