public import Model

/// Which resources of a catalog are planned: by address, type or tag, with what they require.
public struct Selection: Sendable, Hashable {
    /// Addresses, types or tags; empty: all of them.
    public var only: [String]
    public var skipped: [String]

    public init(only: [String] = [], skipped: [String] = []) {
        self.only = only
        self.skipped = skipped
    }

    public static let everything = Selection()

    public var isWhole: Bool { only.isEmpty && skipped.isEmpty }

    /// The words that match no resource of a catalog.
    public func unmatched(in catalog: Catalog) -> [String] {
        (only + skipped).filter { word in !catalog.declarations.contains { Self.matches($0, word) } }
    }

    /// The positions that are planned, in order.
    func positions(in catalog: Catalog) -> [Int] {
        if isWhole { return Array(catalog.declarations.indices) }
        let incoming = catalog.edgeLists.incoming
        var wanted = Set<Int>()
        var open = catalog.declarations.indices.filter { position in
            only.isEmpty || only.contains { Self.matches(catalog.declarations[position], $0) }
        }
        while let position = open.popLast() {
            if wanted.insert(position).inserted { open += incoming[position].map(\.from) }
        }
        return wanted.sorted().filter { position in
            !skipped.contains { Self.matches(catalog.declarations[position], $0) }
        }
    }

    private static func matches(_ declaration: Declaration, _ word: String) -> Bool {
        declaration.tags.contains(word)
            || [declaration.address, declaration.partOf?.address].contains {
                $0.map { $0.description == word || $0.type == word } ?? false
            }
    }
}
