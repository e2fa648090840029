import Foundation

/// Writes tar files by hand, those too that no program writes.
struct TarBuilder {
    private(set) var bytes: [UInt8] = []

    /// A program with its folder, as upstreams lay them out.
    static let tools: [UInt8] = {
        var tar = TarBuilder()
        tar.add("tools-1/", type: "5", mode: 0o755)
        tar.add("tools-1/bin/tool", "#!/bin/sh\n", mode: 0o755)
        tar.add("tools-1/tool", type: "2", target: "bin/tool")
        tar.add("tools-1/share/doc/LICENSE", "free\n")
        tar.add("tools-1/empty/", type: "5", mode: 0o750)
        return tar.ended
    }()

    /// With the two blocks of zeros that end an archive.
    var ended: [UInt8] { bytes + [UInt8](repeating: 0, count: 1024) }

    mutating func add(
        _ name: String, _ text: String = "", type: Character = "0", mode: Int = 0o644, target: String = "",
        size: Int? = nil, magic: String = "ustar\u{0}00", prefix: String = "", sum: Int? = nil
    ) {
        add(
            raw: Array(name.utf8), text, type: type, mode: mode, target: target, size: size, magic: magic,
            prefix: prefix, sum: sum)
    }

    mutating func add(
        raw name: [UInt8], _ text: String = "", type: Character = "0", mode: Int = 0o644, target: String = "",
        size: Int? = nil, magic: String = "ustar\u{0}00", prefix: String = "", sum: Int? = nil
    ) {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ bytes: [UInt8], at offset: Int) {
            header.replaceSubrange(offset..<(offset + bytes.count), with: bytes)
        }
        func octal(_ number: Int, _ width: Int) -> [UInt8] {
            let digits = String(number, radix: 8)
            return Array((String(repeating: "0", count: max(0, width - digits.count)) + digits).utf8) + [0]
        }
        put(Array(name.prefix(100)), at: 0)
        put(octal(mode, 7), at: 100)
        put(octal(0, 7), at: 108)
        put(octal(0, 7), at: 116)
        put(octal(size ?? text.utf8.count, 11), at: 124)
        put(octal(0, 11), at: 136)
        put(Array(repeating: UInt8(ascii: " "), count: 8), at: 148)
        header[156] = type.asciiValue ?? 0
        put(Array(target.utf8.prefix(100)), at: 157)
        put(Array(magic.utf8), at: 257)
        put(Array(prefix.utf8.prefix(155)), at: 345)
        put(Array(octal(sum ?? header.reduce(0) { $0 + Int($1) }, 6)) + [UInt8(ascii: " ")], at: 148)
        bytes += header + Array(text.utf8)
        bytes += [UInt8](repeating: 0, count: (512 - bytes.count % 512) % 512)
    }

    /// Words of pax about the next entry.
    mutating func add(pax records: [(String, String)], type: Character = "x") {
        let text = records.map { key, value in
            let rest = " \(key)=\(value)\n"
            var length = rest.utf8.count
            while "\(length)".utf8.count + rest.utf8.count != length {
                length = "\(length)".utf8.count + rest.utf8.count
            }
            return "\(length)\(rest)"
        }.joined()
        add("pax", text, type: type)
    }
}
