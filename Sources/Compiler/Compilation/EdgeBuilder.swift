import Model

/// Draws the edges of a graph, each pair once, with the reason that says most.
struct EdgeBuilder {
    private(set) var edges: [Edge] = []
    private let declarations: [Declaration]
    private var seen: [Pair: Int] = [:]
    /// What brings folders that nobody declares: a mount, an archive.
    private var sources: [(path: AbsolutePath, position: Int, reason: String)] = []
    private var editors: [AbsolutePath: [Int]] = [:]

    private struct Pair: Hashable {
        var from: Int
        var to: Int
    }

    init(_ declarations: [Declaration]) {
        self.declarations = declarations
    }

    /// The automatic edges: from the owner of what a resource needs, and from those who edit parts of it.
    mutating func addNeeds() {
        var owners: [HostObject: Int] = Dictionary(minimumCapacity: declarations.count * 2)
        // By index: a loop over the declarations would copy each of them.
        for position in declarations.indices {
            let resource = declarations[position].resource, isPresent = declarations[position].state == .present
            for object in resource.objects {
                owners[object] = position
                guard isPresent else { continue }
                if case .part(_, let path, _) = object { editors[path, default: []].append(position) }
                if case .mount(let path) = object { sources.append((path, position, "mount")) }
            }
            if isPresent, type(of: resource).isFilling, let filling = resource as? any Filling {
                sources.append((filling.path, position, declarations[position].address.type))
            }
        }
        addBelowSources(owners)
        for position in declarations.indices {
            for object in declarations[position].resource.provisions where owners[object] == nil {
                owners[object] = position
            }
        }
        let all = owners
        lazy var files: [AbsolutePath: [Int]] = {
            var files: [AbsolutePath: [Int]] = [:]
            for (object, position) in all {
                if let folder = object.file?.parent { files[folder, default: []].append(position) }
            }
            return files
        }()
        for position in declarations.indices {
            let resource = declarations[position].resource
            for need in resource.needs + resource.safeguardNeeds {
                addEditors(of: need, position)
                if need.isForFiles, let folder = need.object.file {
                    for owner in (files[folder] ?? []).sorted() { add(need, of: position, to: owner) }
                } else if let owner = owners[need.object] {
                    add(need, of: position, to: owner)
                }
            }
        }
    }

    /// What is below a mount or an archive waits for it, but for what the mount itself needs.
    private mutating func addBelowSources(_ owners: [HostObject: Int]) {
        if sources.isEmpty { return }
        let places = owners.compactMap { object, position in
            let place = if case .mount(let path) = object { path } else { object.file }
            return place.map { (path: $0, position: position) }
        }.sorted { ($0.position, $0.path) < ($1.position, $1.path) }
        for (source, position, reason) in sources {
            let needed = Set(declarations[position].resource.needs.map(\.object))
            for place in places where place.path != source && place.path.isBelowOrEqual(to: source) {
                guard place.position != position, declarations[place.position].state == .present,
                    !needed.contains(.path(place.path))
                else { continue }
                add(Edge(from: position, to: place.position, reason: reason))
            }
        }
    }

    private mutating func add(_ need: Need, of position: Int, to owner: Int) {
        if owner == position { return }
        if declarations[position].state == .absent {
            // An object that goes away goes before the objects that it needed; an object that stays does not wait.
            // A group that goes away waits for no dependant: it goes after the accounts (`CatalogBuilder`).
            guard declarations[owner].state == .absent, !declarations[position].isGroup else { return }
            add(Edge(from: position, to: owner, reason: need.reason))
        } else {
            add(Edge(from: owner, to: position, reason: need.reason))
        }
    }

    /// Files that the package manager reads come before packages, but not before those that the files need. Called last.
    mutating func addPackageSources() {
        let sources = declarations.indices.filter { position in
            declarations[position].state == .present
                && declarations[position].resource.objects.contains { $0.file?.bringsPackages == true }
        }
        if sources.isEmpty { return }
        var incoming: [Int: [Int]] = [:], needed = Set<Int>(), open = sources
        for edge in edges { incoming[edge.to, default: []].append(edge.from) }
        while let position = open.popLast() {
            for earlier in incoming[position] ?? [] where needed.insert(earlier).inserted { open.append(earlier) }
        }
        for position in declarations.indices where declarations[position].installsPackage && !needed.contains(position)
        {
            for source in sources { add(Edge(from: source, to: position, reason: "source of packages")) }
        }
    }

    private mutating func addEditors(of need: Need, _ position: Int) {
        guard case .path(let path) = need.object, declarations[position].state == .present,
            let editing = editors[path], !editing.contains(position)
        else { return }
        for editor in editing { add(Edge(from: editor, to: position, reason: need.reason)) }
    }

    mutating func add(_ edge: Edge) {
        let pair = Pair(from: edge.from, to: edge.to)
        guard let known = seen[pair] else {
            seen[pair] = edges.count
            edges.append(edge)
            return
        }
        if edge.isNotification, !edges[known].isNotification { edges[known] = edge }
    }
}

extension Declaration {
    /// Whether it asks the package manager for something.
    var installsPackage: Bool {
        resource.probes.contains { probe in
            if case .packageChange(let change) = probe { !change.action.isRemoval } else { false }
        }
    }

    /// Whether its object is a group of accounts.
    var isGroup: Bool {
        if case .group? = resource.objects.first { true } else { false }
    }
}
