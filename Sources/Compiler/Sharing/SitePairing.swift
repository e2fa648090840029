import Expressions
import Model

/// What an old site has in common with a new one, so that hosts need not be compiled twice for it.
final class SitePairing {
    /// Which of the new site's manifests and items says the same as one of the old site.
    struct Link {
        /// The position of the manifest of that name.
        var manifest: Int
        /// How many items that has.
        var count: Int
        /// Whether both are for the same hosts.
        var isOfSameHosts: Bool
        /// By the positions of the old items; nil for one that the new manifest does not have.
        var items: [Int?]
        var isWhole: Bool
    }

    /// The old site's, with the new site's items where they say the same: their lines are those that a reader has at hand.
    let manifests: [Manifest]
    /// nil for a manifest that the new site does not have.
    let links: [Link?]
    private let old: SiteFiles
    private let new: SiteFiles
    private var known: [String: Bool] = [:]

    /// - Returns: nil where the sites differ in what everything depends on.
    init?(old: Site, new: Site) {
        self.old = SiteFiles(old.files.reader)
        self.new = SiteFiles(new.files.reader)
        let positions = Dictionary(
            new.manifests.enumerated().map { ($0.element.file.path, $0.offset) },
            uniquingKeysWith: { first, _ in first })
        let linked = old.manifests.map { manifest in
            positions[manifest.file.path].map { Self.linked(manifest, new.manifests[$0], at: $0) }
        }
        manifests = zip(old.manifests, linked).map { $1?.manifest ?? $0 }
        links = linked.map { $0?.link }
        if differs("site.yaml") { return nil }
    }

    private static func linked(_ old: Manifest, _ new: Manifest, at position: Int) -> (manifest: Manifest, link: Link) {
        var link = Link(
            manifest: position, count: new.items.count, isOfSameHosts: old.hosts?.text == new.hosts?.text,
            items: old.items.map { _ in nil }, isWhole: false)
        // Each item may use the manifest's own values.
        guard ManifestForm.text(of: old.vars) == ManifestForm.text(of: new.vars) else { return (old, link) }
        var open = Dictionary(grouping: new.items.indices.reversed()) { ManifestForm.text(of: new.items[$0]) }
        var manifest = old
        manifest.vars = new.vars
        for (index, item) in old.items.enumerated() {
            guard let found = open[ManifestForm.text(of: item)]?.popLast() else { continue }
            link.items[index] = found
            manifest.items[index] = new.items[found]
        }
        link.isWhole = link.items == new.items.indices.map { $0 }
        return (manifest, link)
    }

    /// Whether something of the sites is not the same.
    ///
    /// - Parameter path: a file, or a folder with its slash.
    func differs(_ path: String) -> Bool {
        if let known = known[path] { return known }
        let isSame = path.hasSuffix("/") ? isSameFolder(String(path.dropLast())) : isSameFile(path)
        known[path] = !isSame
        return !isSame
    }

    private func isSameFile(_ path: String) -> Bool {
        guard let one = try? old.payload(path), let other = try? new.payload(path) else {
            // A file that cannot be read is like no other; one that neither has is the same.
            return (try? old.bytes(of: path) == nil && new.bytes(of: path) == nil) ?? false
        }
        return one == other
    }

    private func isSameFolder(_ folder: String) -> Bool {
        guard let paths = try? old.paths(below: folder), let others = try? new.paths(below: folder), paths == others
        else { return false }
        return paths.allSatisfy { path in
            !differs(path) && old.reader.isExecutable(path) == new.reader.isExecutable(path)
        }
    }

    /// The keys of a layer of the old site that the new site's layer has otherwise.
    func differingKeys(of layer: DataLayers.Layer, beside other: DataLayers.Layer?) -> Set<String> {
        var keys: Set<String> = []
        for case .string(let key) in layer.values?.keys ?? [] where other?.values?[key] != layer.values?[key] {
            keys.insert(key)
        }
        return keys
    }
}
