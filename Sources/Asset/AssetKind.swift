import Values

/// How the values of a property are written, and when two are the same.
enum AssetKind: Sendable {
    /// A word whose case does not count, such as `sata`.
    case word
    /// Words whose case and blanks do not count.
    case words
    /// A maker, under any of its names.
    case vendor
    /// A maker of memory, by a name or a JEDEC code (JEP106).
    case memoryVendor
    /// A model of a processor, whose marks, clock and vendor do not count.
    case processor
    /// A serial, WWN or part, whose blanks, case and prefixes do not count.
    case serial
    /// A UUID in either order of its bytes (SMBIOS 2.6 and before).
    case uuid
    /// A hardware address.
    case address
    case count
    case flag
    /// Bytes of memory: its units are binary whatever is written.
    case memory
    /// Bytes of a disk: GB and TB as vendors round them, GiB and TiB exact.
    case disk
    /// Megabits a second, as `25G` or `1000`.
    case speed
    /// Numbers with dots and letters, such as `2.10.3a`.
    case version

    /// What a rule may say, for a message.
    var expected: String {
        switch self {
        case .word, .words, .vendor, .memoryVendor, .version: "a text"
        case .processor: "a model of a processor with a number, such as `E5-2630 v3`"
        case .serial: "a serial of letters and digits"
        case .uuid: "a UUID of 32 hexadecimal digits"
        case .address: "a hardware address of 6 bytes, such as 52:54:00:12:34:56"
        case .count: "a whole number"
        case .flag: "true or false"
        case .memory: "a size such as 64GiB"
        case .disk: "a size such as 480GB or 512GiB"
        case .speed: "a speed in megabits a second, or such as 25G"
        }
    }

    /// Whether values have an order, so that `min` and `tolerance` say something.
    var isOrdered: Bool {
        switch self {
        case .count, .memory, .disk, .speed, .version: true
        default: false
        }
    }

    /// What a text of a rule means; nil where it is none of the kind.
    func value(of text: String) -> AssetValue? {
        switch self {
        case .word, .words:
            return text.isEmpty ? nil : AssetValue(text, .text(Normal.words(text)))
        case .vendor: return Normal.vendor(text).map { AssetValue(text, .text($0)) }
        case .memoryVendor: return MemoryVendor.name(of: text).map { AssetValue(text, .text($0)) }
        case .processor: return ProcessorModel(text).map { AssetValue(text, .processor($0)) }
        case .serial:
            let serial = Normal.serial(text)
            return serial.isEmpty ? nil : AssetValue(text, .text(serial))
        case .uuid: return Normal.uuid(text).map { AssetValue(text, .text($0)) }
        case .address: return Normal.address(text).map { AssetValue(text, .text($0)) }
        case .count: return UInt64(text).map { AssetValue(text, .number($0)) }
        case .flag:
            return text == "true" ? AssetValue(text, .number(1)) : text == "false" ? AssetValue(text, .number(0)) : nil
        case .memory: return ByteCount(memory: text).map { AssetValue(text, .size($0)) }
        case .disk: return ByteCount(disk: text).map { AssetValue(text, .size($0)) }
        case .speed: return Normal.megabits(text).map { AssetValue(text, .number($0)) }
        case .version: return text.isEmpty ? nil : AssetValue(text, .text(text.trimmed))
        }
    }

    /// What a fact says; nil where it does not know.
    func value(of fact: Datum?) -> AssetValue? {
        switch (self, fact) {
        case (_, nil), (_, .null?), (_, .list?), (_, .map?), (_, .double?): return nil
        case (.memory, .int(let number)?), (.disk, .int(let number)?):
            guard number > 0 else { return nil }
            let bytes = UInt64(number)
            return AssetValue(
                self == .memory ? bytes.byteText : ByteCount.diskText(of: bytes),
                .size(ByteCount(exactly: bytes)))
        case (_, .int(let number)?): return number < 0 ? nil : value(of: String(number))
        case (.flag, .bool(let flag)?): return AssetValue("\(flag)", .number(flag ? 1 : 0))
        case (_, .bool(let flag)?): return value(of: "\(flag)")
        case (_, .string(let text)?): return value(of: text)
        }
    }
}

/// A value of a rule or of a machine.
struct AssetValue: Sendable, Hashable {
    enum Content: Sendable, Hashable {
        /// In its normal form.
        case text(String)
        case number(UInt64)
        case size(ByteCount)
        case processor(ProcessorModel)
    }

    /// As it was written, or read.
    let shown: String
    let content: Content

    init(_ shown: String, _ content: Content) {
        self.shown = shown.trimmed
        self.content = content
    }
}
