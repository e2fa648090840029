/// A module of the kernel as its `.modinfo` section describes it (modinfo(8)).
struct KernelModule: Sendable, Hashable {
    /// With `_` for each `-`, as the kernel knows it.
    var name: String
    /// Below the kernel's folder of modules, such as `kernel/drivers/net/virtio_net.ko`.
    var path: String
    /// The modules that must be loaded before it.
    var dependencies: [String]
    /// Those that should be, where they are there (`softdep=pre:`).
    var softDependencies: [String]
    /// Patterns of the devices that it drives (fnmatch(3)).
    var aliases: [String]
    /// The files of firmware that it may ask for.
    var firmware: [String]

    /// Reads an uncompressed module; nil for what is none.
    init?(_ bytes: [UInt8], path: String) {
        guard let information = ELFFile(bytes)?.section(".modinfo") else { return nil }
        self.path = path
        name = Self.name(of: path)
        (dependencies, softDependencies, aliases, firmware) = ([], [], [], [])
        for line in information.split(separator: 0) {
            let text = String(decoding: line, as: UTF8.self)
            guard let mark = text.firstIndex(of: "=") else { continue }
            let value = text[text.index(after: mark)...]
            switch text[..<mark] {
            case "depends": dependencies += value.split(separator: ",").map { Self.name(of: String($0)) }
            case "softdep": softDependencies += Self.softDependencies(value)
            case "alias": aliases.append(String(value))
            case "firmware": firmware.append(String(value))
            default: break
            }
        }
    }

    /// The name of a module in a path, or as a person writes it.
    static func name(of path: String) -> String {
        let file = path.split(separator: "/").last ?? ""
        return String((file.firstRange(of: ".ko").map { file[..<$0.lowerBound] } ?? file).map { $0 == "-" ? "_" : $0 })
    }

    /// `pre: a b post: c`: those before it.
    private static func softDependencies(_ text: Substring) -> [String] {
        var isBefore = false, names: [String] = []
        for word in text.split(separator: " ") {
            if word.hasSuffix(":") {
                isBefore = word == "pre:"
            } else if isBefore {
                names.append(name(of: String(word)))
            }
        }
        return names
    }
}
