/// A mapping from Booleans, whole numbers and strings to values, in order of insertion.
///
/// Keys that are numerically equal (`1` and `1u`) are one key. Copies share their storage until one is changed.
public struct ValueMap: Sendable, Hashable {
    /// One key with its value.
    public struct Entry: Sendable, Hashable {
        public let key: Value
        public internal(set) var value: Value
    }

    /// All entries, in order of insertion.
    public private(set) var entries: [Entry] = []
    private var index: [MapKey: Int]?

    /// Above this many entries a lookup goes through a hash table.
    private static let linearCount = 8

    /// Makes an empty mapping.
    public init() {}

    /// Makes a mapping from string keys; of equal keys the last wins.
    public init(_ entries: some Sequence<(String, Value)>) {
        for (key, value) in entries { self[key] = value }
    }

    public var count: Int { entries.count }
    public var isEmpty: Bool { entries.isEmpty }
    /// The keys, in order of insertion.
    public var keys: [Value] { entries.map(\.key) }

    /// Whether a value may be a key: a Boolean, a whole number or a string.
    public static func canBeKey(_ value: Value) -> Bool {
        switch value {
        case .bool, .int, .uint, .string: true
        default: false
        }
    }

    /// The value of a string key; setting nil removes it.
    public subscript(key: String) -> Value? {
        get {
            if let index { return index[.string(key)].map { entries[$0].value } }
            for entry in entries {
                if case .string(let name) = entry.key, isSameText(name, key) { return entry.value }
            }
            return nil
        }
        set { set(.string(key), .string(key), newValue) }
    }

    /// The value of a key; a double finds the whole number that it equals. A value that cannot be a key is ignored.
    public subscript(key: Value) -> Value? {
        get {
            if case .string(let name) = key { return self[name] }
            guard let normal = MapKey(key) else { return nil }
            return place(of: normal).map { entries[$0].value }
        }
        set {
            guard let normal = MapKey(key) else { return }
            set(normal, key, newValue)
        }
    }

    private func place(of key: MapKey) -> Int? {
        if let index { return index[key] }
        return entries.firstIndex { MapKey($0.key) == key }
    }

    private mutating func set(_ key: MapKey, _ original: Value, _ value: Value?) {
        if let place = place(of: key) {
            if let value {
                entries[place].value = value
            } else {
                entries.remove(at: place)
                rebuildIndex()
            }
            return
        }
        guard let value else { return }
        entries.append(Entry(key: original, value: value))
        if index != nil {
            index?[key] = entries.count - 1
        } else if entries.count > Self.linearCount {
            rebuildIndex()
        }
    }

    private mutating func rebuildIndex() {
        index = nil
        guard entries.count > Self.linearCount else { return }
        var table: [MapKey: Int] = Dictionary(minimumCapacity: entries.count)
        for (place, entry) in entries.enumerated() {
            if let key = MapKey(entry.key) { table[key] = place }
        }
        index = table
    }

    public static func == (left: Self, right: Self) -> Bool { left.entries == right.entries }

    public func hash(into hasher: inout Hasher) { hasher.combine(entries) }
}

/// A key in its normal form: a whole number that fits is signed, text is compared by code points.
private enum MapKey: Hashable {
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case string(String)

    init?(_ value: Value) {
        switch value {
        case .bool(let value): self = .bool(value)
        case .int(let value): self = .int(value)
        case .uint(let value): self = Int64(exactly: value).map(Self.int) ?? .uint(value)
        case .double(let value):
            if let whole = Int64(exactly: value) {
                self = .int(whole)
            } else if let whole = UInt64(exactly: value) {
                self = .uint(whole)
            } else {
                return nil
            }
        case .string(let value): self = .string(value)
        default: return nil
        }
    }

    static func == (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.bool(let left), .bool(let right)): left == right
        case (.int(let left), .int(let right)): left == right
        case (.uint(let left), .uint(let right)): left == right
        case (.string(let left), .string(let right)): isSameText(left, right)
        default: false
        }
    }

    func hash(into hasher: inout Hasher) {
        switch self {
        case .bool(let value): hasher.combine(value)
        case .int(let value): hasher.combine(value)
        case .uint(let value): hasher.combine(value)
        case .string(let value): hasher.combine(value)
        }
    }
}
