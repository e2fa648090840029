/// The rules for the name of one file or folder of a site that comes from somewhere.
public enum SiteName {
    private static let greatestLength = 255

    /// Why a name is refused, in words; nil for a good one.
    public static func problem(of name: some Collection<UInt8>) -> String? {
        if name.isEmpty { return "an empty name" }
        if name.count > greatestLength { return "a name of more than \(greatestLength) bytes" }
        if name.contains(0) { return "a name with NUL" }
        if name.contains(UInt8(ascii: "/")) { return "a name with a slash" }
        guard let text = String(validating: name, as: UTF8.self) else { return "a name that is not UTF-8" }
        if name.contains(UInt8(ascii: "\n")) { return "a name with a newline" }
        if text == "." || text == ".." { return "the name `\(text)`" }
        return isGitFolder(text) ? "the name `\(text)`, which some file systems take for `.git`" : nil
    }

    /// Whether a file system may take the name for `.git`: one that knows no case, HFS+, which leaves out some characters,
    /// or NTFS, which leaves out blanks and dots at the end, reads `:` and `\`, and has short names (git-config(1),
    /// core.protectHFS and core.protectNTFS).
    private static func isGitFolder(_ text: String) -> Bool {
        let plain = String(String.UnicodeScalarView(text.unicodeScalars.filter { !isIgnored($0) })).lowercased()
        return plain.split(whereSeparator: { $0 == "\\" || $0 == ":" }).contains { part in
            var end = part[...]
            while end.last == " " || end.last == "." { end.removeLast() }
            return end == ".git" || end == "git~1"
        }
    }

    /// The characters that HFS+ leaves out of names.
    private static func isIgnored(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x200C...0x200F, 0x202A...0x202E, 0x206A...0x206F, 0xFEFF: true
        default: false
        }
    }
}

extension SiteName {
    /// Two paths that some file systems take for the same: by letter case, or by Unicode's form.
    ///
    /// - Parameter paths: of files, with `/` between the names.
    /// - Returns: nil where there are none.
    public static func twins(among paths: some Sequence<String>) -> (String, String)? {
        var spellings: [String: [UInt8]] = [:]
        for path in paths {
            var place = ""
            for name in path.split(separator: "/") {
                place += place.isEmpty ? String(name) : "/\(name)"
                let bytes = Array(place.utf8)
                // Equal texts may have other bytes (Unicode's normal forms).
                let known = spellings.updateValue(bytes, forKey: place.lowercased()) ?? bytes
                if known != bytes { return (String(decoding: known, as: UTF8.self), place) }
            }
        }
        return nil
    }
}
