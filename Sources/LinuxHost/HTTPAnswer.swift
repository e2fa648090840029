/// An answer of HTTP/1.1 as it comes in, without believing its lengths.
struct HTTPAnswer {
    /// More is not read: of a longer body the beginning counts.
    static let limit = 1 << 20

    private(set) var bytes: [UInt8] = []
    private var head: (status: Int, end: Int, length: Int?, isChunked: Bool)?
    private var scanned = 0

    /// Takes the next bytes.
    ///
    /// - Returns: whether the answer is whole, or as much of it as is read.
    mutating func take(_ more: [UInt8]) -> Bool {
        bytes += more
        if head == nil { readHead() }
        guard let head else { return bytes.count >= 1 << 16 }
        let count = bytes.count - head.end
        if count >= Self.limit { return true }
        if head.isChunked { return bytes.suffix(5).elementsEqual("0\r\n\r\n".utf8) }
        return head.length.map { count >= $0 } ?? false
    }

    var status: Int? { head?.status }

    /// What stands behind the head, without the sizes of its chunks.
    var body: [UInt8] {
        guard let head else { return [] }
        let raw = bytes[head.end...]
        if head.isChunked { return Self.unchunked(raw) }
        return Array(raw.prefix(min(head.length ?? Self.limit, Self.limit)))
    }

    private mutating func readHead() {
        let mark = Array("\r\n\r\n".utf8)
        var position = max(0, scanned - mark.count)
        while position + mark.count <= bytes.count {
            if bytes[position..<(position + mark.count)].elementsEqual(mark) {
                parseHead(bytes[..<position], end: position + mark.count)
                return
            }
            position += 1
        }
        scanned = bytes.count
    }

    private mutating func parseHead(_ head: ArraySlice<UInt8>, end: Int) {
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), words[1].utf8.count == 3, let status = Int(words[1])
        else {
            self.head = (0, end, 0, false)
            return
        }
        var length: Int?, isChunked = false
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            switch line[..<colon].lowercased() {
            case "content-length": length = Int(value).flatMap { $0 >= 0 ? $0 : nil }
            case "transfer-encoding": isChunked = value.lowercased().hasSuffix("chunked")
            default: break
            }
        }
        self.head = (status, end, length, isChunked)
    }

    private static func unchunked(_ raw: ArraySlice<UInt8>) -> [UInt8] {
        var body: [UInt8] = [], rest = raw
        while let end = rest.firstIndex(of: 0x0A) {
            let digits = rest[..<end].prefix { $0 != 0x0D && $0 != UInt8(ascii: ";") }
            guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16), size > 0 else { break }
            let piece = rest[(end + 1)...].prefix(size)
            body += piece
            rest = rest[(end + 1)...].dropFirst(size).dropFirst(2)
        }
        return body
    }
}
