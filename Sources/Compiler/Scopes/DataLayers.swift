import Expressions
import Model

/// The merged values of the site's layers for one host, each key merged when it is read.
final class DataLayers: LazyMap, @unchecked Sendable {
    struct Layer {
        var path: String
        /// nil: which file it is depends on something unknown.
        var values: ValueMap?
        var places: [String: Place] = [:]
        /// Where two sites are compared: the keys of which the new site has another value.
        var differingKeys: Set<String> = []

        /// What the layer is called where a key of it is read.
        func name(for key: String) -> String { differingKeys.contains(key) ? path + Self.mark : path }
        var wholeName: String { differingKeys.isEmpty ? path : path + Self.mark }
        private static let mark = "\u{1}"
    }

    /// The most specific first; those without a file are left out.
    let layers: [Layer]
    private let merge: [String: SiteSettings.Merge]
    private var merged: [String: Value?] = [:]
    private var sourcesByKey: [String: String] = [:]

    init(_ layers: [Layer], merge: [String: SiteSettings.Merge]) {
        self.layers = layers
        self.merge = merge
    }

    func member(_ key: String) throws -> Value? {
        if let known = merged[key] { return known }
        let value = try mergedValue(key)
        merged[key] = .some(value)
        return value
    }

    func keys() -> [String] {
        var names: [String] = [], seen = Set<String>()
        for layer in layers {
            for case .string(let key) in layer.values?.keys ?? [] where seen.insert(key).inserted { names.append(key) }
        }
        return names
    }

    func absence(of key: String) -> Absence? {
        let files = layers.map(\.path).prefix(6).joined(separator: ", ")
        return Absence(
            "no layer of data has the key `\(key)`",
            hint: layers.isEmpty ? "`layers:` of site.yaml names the files" : "the layers of this host are \(files)")
    }

    /// The layers that a key's value comes from, or all of them where it has none: where they are the same, the value is.
    func sources(of key: String) -> String {
        if let known = sourcesByKey[key] { return known }
        let holding = layers.filter { $0.values == nil || $0.values?[key] != nil }
        var paths = holding.map { $0.name(for: key) }
        if rule(for: key) == .first, let first = holding.firstIndex(where: { $0.values != nil }) {
            paths = Array(paths.prefix(through: first))
        }
        if !holding.contains(where: { $0.values != nil }) { paths = layers.map(\.path) }
        let text = paths.joined(separator: "\u{0}")
        sourcesByKey[key] = text
        return text
    }

    /// All layers.
    private(set) lazy var sources = layers.map(\.wholeName).joined(separator: "\u{0}")

    func rule(for key: String) -> SiteSettings.Merge { merge[key] ?? .first }

    private func mergedValue(_ key: String) throws -> Value? {
        var result: Value?
        for layer in layers {
            guard let values = layer.values else {
                return result != nil && rule(for: key) == .first ? result : .unknown
            }
            guard let value = values[key] else { continue }
            guard let stronger = result else {
                result = value
                if rule(for: key) == .first { return value }
                continue
            }
            result = try combined(stronger, value, key, layer)
        }
        return result
    }

    private func combined(_ stronger: Value, _ weaker: Value, _ key: String, _ layer: Layer) throws -> Value {
        switch (rule(for: key), stronger, weaker) {
        case (.first, _, _): return stronger
        case (.append, .list(let first), .list(let second)): return .list(first + second)
        case (.deep, .map, .map), (.deep, .list, .list): return Self.deep(stronger, weaker)
        case (.append, _, _):
            throw Diagnostic(
                "`\(key)`: expected lists to append, found \(weaker.found) below \(stronger.found)",
                at: layer.places[key])
        case (.deep, _, _):
            throw Diagnostic(
                "`\(key)`: expected mappings to merge, found \(weaker.found) below \(stronger.found)",
                at: layer.places[key])
        }
    }

    private static func deep(_ stronger: Value, _ weaker: Value) -> Value {
        guard case .map(var result) = stronger, case .map(let others) = weaker else { return stronger }
        for entry in others.entries {
            result[entry.key] = result[entry.key].map { deep($0, entry.value) } ?? entry.value
        }
        return .map(result)
    }
}

/// The layers of one host, each member noted that is read.
final class RecordedData: LazyMap {
    let layers: DataLayers
    private let record: ReadRecord

    init(_ layers: DataLayers, _ record: ReadRecord) {
        self.layers = layers
        self.record = record
    }

    func member(_ key: String) throws -> Value? {
        record.ask(.data(key))
        return try layers.member(key)
    }

    func keys() -> [String] {
        record.ask(.dataNames)
        return layers.keys()
    }

    func absence(of key: String) -> Absence? { layers.absence(of: key) }
}

/// `host`: who the host is.
final class IdentityMap: LazyMap {
    private let identity: HostIdentity
    private let isKnown: Bool
    private let record: ReadRecord

    /// - Parameter isKnown: whether more than the id is known.
    init(_ identity: HostIdentity, isKnown: Bool, _ record: ReadRecord) {
        self.identity = identity
        self.isKnown = isKnown
        self.record = record
    }

    func member(_ key: String) -> Value? {
        record.ask(.identity(key))
        switch key {
        case "id": return .string(identity.id)
        case "name": return isKnown ? .string(identity.name) : .unknown
        case "ip": return isKnown ? identity.ip.map { .string($0) } ?? .null : .unknown
        default: return nil
        }
    }

    func keys() -> [String] { ["id", "name", "ip"] }

    func absence(of key: String) -> Absence? {
        Absence(of: key, among: keys())
    }
}
