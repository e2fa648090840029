import Values

/// The names of makers: what firmware writes (dmidecode output of the machines that hwdata, linux-hardware.org and vendors'
/// manuals show), and what people call them.
enum VendorNames {
    /// Words at the end of a name that say what kind of company it is.
    static let legalForms: Set<String> = [
        "inc", "incorporated", "corp", "corporation", "co", "company", "ltd", "limited", "llc", "gmbh", "ag", "kg",
        "sa",
        "bv", "plc", "pte", "oy", "ab",
    ]

    /// The first of each row stands for all of it.
    private static let rows: [[String]] = [
        ["dell", "dell computer", "dell emc", "dell technologies"],
        ["hpe", "hp", "hewlett packard", "hewlett packard enterprise"],
        ["supermicro", "super micro", "super micro computer", "supermicro computer"],
        ["lenovo", "lenovo group"], ["ibm", "international business machines"],
        ["huawei", "huawei technologies"], ["xfusion", "xfusion digital technologies"],
        ["h3c", "new h3c", "new h3c technologies", "hangzhou h3c", "hangzhou h3c technologies", "h3c technologies"],
        ["inspur", "ieit systems", "inspur electronic information industry"],
        ["sugon", "dawning", "dawning information industry"], ["zte"],
        ["quanta", "quanta cloud technology", "quanta computer", "qct"],
        ["gigabyte", "giga byte", "giga byte technology", "gigabyte technology"],
        ["asus", "asustek", "asustek computer"], ["msi", "micro star", "micro star international"],
        ["intel"], ["amd", "advanced micro devices"], ["cisco", "cisco systems"],
        ["fujitsu", "fujitsu siemens", "fujitsu technology solutions"], ["oracle", "sun", "sun microsystems"],
        ["foxconn", "hon hai", "hon hai precision", "hon hai precision ind"], ["tyan", "tyan computer", "mitac"],
        ["wiwynn"], ["asrock", "asrock rack", "asrockrack"], ["vmware"],
        ["ami", "american megatrends", "american megatrends international"],
        ["phoenix", "phoenix technologies"], ["insyde", "insyde software"],
        ["western digital", "wdc", "wd"], ["seagate", "seagate technology"], ["samsung", "samsung electronics"],
        ["hynix", "sk hynix", "hyundai", "hynix semiconductor"], ["micron", "micron technology"],
        ["crucial", "crucial technology"],
        ["toshiba", "kioxia"], ["hgst", "hitachi", "hitachi global storage technologies"],
    ]

    /// The name that stands for each other one.
    static let aliases: [String: String] = {
        var aliases: [String: String] = [:]
        for row in rows { for name in row { aliases[name] = row[0] } }
        return aliases
    }()
}

/// Makers of memory modules: firmware writes a name, or the code of JEP106, with or without the byte that counts the
/// continuations before it.
enum MemoryVendor {
    private static let codes: [String: String] = [
        "ce": "samsung", "ad": "hynix", "2c": "micron", "98": "kingston", "0b": "nanya", "9b": "crucial",
        "fe": "elpida",
        "c1": "infineon", "94": "smart", "43": "ramaxel", "51": "qimonda", "cb": "a-data", "25": "kingmax",
        "9e": "corsair",
    ]

    /// In its normal form; nil without letters and digits.
    static func name(of text: String) -> String? {
        let digits = Normal.serial(text)
        let isCode =
            digits.utf8.count >= 4
            && [UInt8](hexadecimal: digits) != nil && digits.utf8.contains { $0 < 0x3A }
        guard isCode else { return Normal.vendor(text) }
        let bytes = [digits.prefix(2), digits.dropFirst(2).prefix(2)].map(String.init)
        // `CE00...` has the code first, `80CE...` the continuations, whose highest bit is a parity.
        let code = bytes[1] == "00" ? bytes[0] : bytes[1]
        return codes[code] ?? codes[bytes[0]] ?? digits
    }
}
