public import Model

/// Which resources of a catalog are planned: by address, type or tag, with what they require.
public struct Selection: Sendable, Hashable {
    /// Addresses, types or tags; empty: all of them.
    public var only: [String]
    public var skipped: [String]
    /// Whether something new may have what outlived another holder, such as the number of an account.
    public var allowsReuse: Bool

    public init(only: [String] = [], skipped: [String] = [], allowsReuse: Bool = false) {
        self.only = only
        self.skipped = skipped
        self.allowsReuse = allowsReuse
    }

    public static let everything = Selection()

    public var isWhole: Bool { only.isEmpty && skipped.isEmpty }

    /// The words that match no resource of a catalog.
    public func unmatched(in catalog: Catalog) -> [String] {
        if isWhole { return [] }
        let known = catalog.declarations.reduce(into: Set<String>()) { $0.formUnion(Self.words(for: $1)) }
        return (only + skipped).filter { !known.contains($0) }
    }

    /// The positions that are planned, in order.
    func positions(in catalog: Catalog) -> [Int] {
        if isWhole { return Array(catalog.declarations.indices) }
        let incoming = catalog.edgeLists.incoming
        let only = Set(only), skipped = Set(skipped)
        var wanted = Set<Int>()
        var open = catalog.declarations.indices.filter { position in
            only.isEmpty || !only.isDisjoint(with: Self.words(for: catalog.declarations[position]))
        }
        while let position = open.popLast() {
            if wanted.insert(position).inserted { open += incoming[position].map(\.from) }
        }
        return wanted.sorted().filter { position in
            skipped.isDisjoint(with: Self.words(for: catalog.declarations[position]))
        }
    }

    /// The words that mean a declaration: its tags, its address and its type, and those of its composite.
    private static func words(for declaration: Declaration) -> [String] {
        let addresses = [declaration.address, declaration.partOf?.address].compactMap(\.self)
        return declaration.tags + addresses.flatMap { [$0.description, $0.type] }
    }
}
