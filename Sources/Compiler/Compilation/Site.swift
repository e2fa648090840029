import Expressions
public import Asset
public import Model
import TimeZones
import YAML

/// A site, read and parsed once, ready to be compiled for any number of hosts.
public final class Site {
    let files: SiteFiles
    let settings: SiteSettings
    /// What the site calls itself.
    public var name: String { settings.name }
    let inventory: Inventory
    let manifests: [Manifest]
    /// The install profiles, by their names.
    let profiles: [String: Manifest]
    let types: [String: ResourceType]
    let secrets: (any SecretReader)?
    let standardRoles: [String: [UInt8]]
    /// The rules of time zones by name, read once.
    private let zones: @Sendable (String) -> [UInt8]?
    private var zoneRules: [String: ZoneRules?] = [:]
    private var roles: [String: Role?] = [:]
    private var templates: [String: Template?] = [:]
    private var layers: [String: DataLayers.Layer?] = [:]
    private var fleetMembers: [String: Value?] = [:]
    /// The files below folders of which many are asked for.
    private var listed: [String: Set<String>] = [:]
    let fleetChoices = FleetChoices()
    private(set) lazy var facts: FactsFiles = {
        let paths = (try? files.paths(below: "facts")) ?? []
        let facts = FactsFiles(files, paths: paths)
        diagnostics.add(contentsOf: facts.diagnostics)
        return facts
    }()
    /// Where facts are looked for, one after the other; nil: in the site's own files.
    private let sharedFacts: [FactsFiles]?
    /// The new site that this one is compared with, and what both have in common; nil where they have nothing.
    private let counterpart: Site?
    let pairing: SitePairing?
    /// The diagnostics that do not depend on the host.
    public internal(set) var diagnostics: Diagnostics

    /// Reads a site.
    ///
    /// - Parameters:
    ///   - standardRoles: the files of the roles that are reachable as `std/NAME`, by NAME.
    ///   - secrets: nil: secrets are unknown values.
    ///   - zones: the TZif file of a time zone (RFC 8536); nil for an unknown one.
    public init(
        _ reader: any SiteReader, types: [ResourceType], standardRoles: [String: [UInt8]] = [:],
        secrets: (any SecretReader)? = nil, engine: EngineVersion,
        zones: @escaping @Sendable (String) -> [UInt8]? = { _ in nil }
    ) {
        self.zones = zones
        let files = SiteFiles(reader)
        let byName = Dictionary(types.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        var diagnostics = Diagnostics()
        settings = SiteSettings.read(files, engine: engine, into: &diagnostics)
        inventory = Inventory.read(files, into: &diagnostics)
        var manifests: [Manifest] = []
        for path in files.manifests(below: "manifests", into: &diagnostics) {
            guard let (root, source) = files.yaml(path, into: &diagnostics) else { continue }
            var parser = ManifestParser(types: byName, source: source, names: ManifestParser.manifestNames)
            manifests.append(parser.manifest(root))
            diagnostics.add(contentsOf: parser.diagnostics)
        }
        self.manifests = manifests
        profiles = Self.profiles(files, byName, inventory, into: &diagnostics)
        self.files = files
        self.types = byName
        self.secrets = secrets
        self.standardRoles = standardRoles
        self.diagnostics = diagnostics
        sharedFacts = nil
        counterpart = nil
        pairing = nil
    }

    /// The same site for another task, of which nothing is kept that a catalog would depend on.
    ///
    /// - Parameters:
    ///   - sources: the sites whose facts count, one after the other.
    ///   - counterpart: the new site of the same task, where this is the old one.
    init(sharing other: Site, factsOf sources: [Site], beside counterpart: Site? = nil) {
        sharedFacts = sources.map(\.facts)
        self.counterpart = counterpart
        pairing = counterpart.flatMap { SitePairing(old: other, new: $0) }
        zones = other.zones
        settings = other.settings
        inventory = other.inventory
        manifests = pairing?.manifests ?? other.manifests
        profiles = other.profiles
        files = SiteFiles(other.files.reader)
        types = other.types
        secrets = other.secrets
        standardRoles = other.standardRoles
        diagnostics = other.diagnostics
    }

    /// The ids of the inventory's hosts, in order.
    public var hostIdentifiers: [String] { inventory.hosts.map(\.id) }

    /// What the inventory expects of a host's hardware; nil where it says nothing.
    public func asset(ofHost id: String) -> AssetRules? { inventory.assets[id] }

    /// Where the site came from.
    public var revision: String { files.reader.revision }

    /// Finds the facts that the site keeps, before tasks share it.
    func readFacts() { _ = facts }

    /// The offset of a time zone from UTC in seconds; nil for an unknown zone.
    func zoneOffset(_ zone: String, at seconds: Int64) -> Int? {
        if let known = zoneRules[zone] { return known?.offset(at: seconds) }
        let rules = zones(zone).flatMap { ZoneRules(tzif: $0) }
        zoneRules[zone] = .some(rules)
        return rules?.offset(at: seconds)
    }

    /// A role by its name; nil, and a diagnostic, where there is none.
    func role(_ name: String, at place: Place) -> Role? {
        if let known = roles[name] { return known }
        let role = readRole(name, at: place)
        roles[name] = .some(role)
        return role
    }

    private func readRole(_ name: String, at place: Place) -> Role? {
        let path = "roles/\(name).yaml"
        guard HostScope.isCleanPath(name) else {
            diagnostics.add(Diagnostic("expected the name of a role, found `\(name)`", at: place))
            return nil
        }
        do throws(Diagnostic) {
            guard let source = try roleSource(name, path) else {
                let own = ((try? files.paths(below: "roles")) ?? []).filter { $0.hasSuffix(".yaml") }
                let names = own.map { String($0.dropFirst(6).dropLast(5)) } + standardRoles.keys.map { "std/\($0)" }
                diagnostics.add(
                    Diagnostic(
                        "expected a role, found `\(name)` without `\(path)`", at: place,
                        hint: Spelling.hint(for: name, among: names)))
                return nil
            }
            guard let root = YAMLReader.read(source, into: &diagnostics) else { return nil }
            var parser = ManifestParser(types: types, source: source, names: ManifestParser.roleNames)
            let role = parser.role(root, named: name)
            diagnostics.add(contentsOf: parser.diagnostics)
            return role
        } catch {
            diagnostics.add(error)
            return nil
        }
    }

    private func roleSource(_ name: String, _ path: String) throws(Diagnostic) -> SourceText? {
        if name.hasPrefix("std/"), let bytes = standardRoles[String(name.dropFirst(4))] {
            return SourceText(bytes, path: "\(name).yaml")
        }
        return try files.source(path)
    }

    /// A template for expressions that see the given names; nil where it has an error, which is reported once.
    func template(_ name: String, names: Set<String>) throws(Diagnostic) -> Template? {
        let key = name + "\u{0}" + names.sorted().joined(separator: ",")
        if let known = templates[key] { return known }
        guard HostScope.isCleanPath(name), let source = try files.source("files/\(name)") else {
            let near = ((try? files.paths(below: "files")) ?? []).map { String($0.dropFirst("files/".count)) }
            throw Diagnostic(
                "expected the file `files/\(name)`, found none", at: nil, hint: Spelling.hint(for: name, among: near))
        }
        let template = TemplateParser.template(source, names: names, into: &diagnostics)
        templates[key] = .some(template)
        return template
    }

    /// Of a larger fleet the hosts are read again whenever somebody asks for one of them.
    private static let greatestFleetInMemory = 4_096

    /// A host of the inventory, as `fleet` has it; nil where there is none.
    func fleetMember(_ id: String) -> Value? {
        if let known = fleetMembers[id] { return known }
        let member = readFleetMember(id)
        if fleetMembers.count < Self.greatestFleetInMemory { fleetMembers[id] = .some(member) }
        return member
    }

    /// The facts that the site keeps of a host; nil where there are none, and a diagnostic where they cannot be read.
    func facts(ofHost id: String) -> FactsSnapshot? {
        do throws(Diagnostics) {
            guard let sharedFacts else {
                return try facts.facts(of: id) { [files] (path) throws(Diagnostic) in try files.bytes(of: path) }
            }
            for facts in sharedFacts {
                if let found = try facts.facts(of: id, read: facts.bytes) { return found }
            }
            return nil
        } catch {
            diagnostics.add(contentsOf: error)
            return nil
        }
    }

    /// Whether the site keeps facts of a host.
    public func keepsFacts(ofHost id: String) -> Bool { facts.holds(id) }

    /// A host of the inventory, with the facts that the site keeps of it.
    public func target(ofHost id: String) -> CompilationTarget {
        guard let facts = facts(ofHost: id) else {
            return CompilationTarget(identity: HostIdentity(id: id, name: id), facts: nil)
        }
        return CompilationTarget(facts: facts, id: id)
    }

    /// A data layer's values; nil where there is no such file.
    func layer(_ path: String) -> DataLayers.Layer? {
        if let known = layers[path] { return known }
        // Of a fleet many hosts have no file of their own.
        if sharedFacts != nil, !isListed(path) { return nil }
        let layer = readLayer(path)
        layers[path] = .some(layer)
        return layer
    }

    /// Whether there is a file of the site. Links and hidden names are left to whoever reads them.
    private func isListed(_ path: String) -> Bool {
        guard let slash = path.utf8.firstIndex(of: UInt8(ascii: "/")) else { return true }
        let folder = String(path[..<slash])
        if let known = listed[folder] { return known.contains(path) }
        guard let paths = try? files.paths(below: folder) else { return true }
        listed[folder] = Set(paths)
        return isListed(path)
    }

    private func readLayer(_ path: String) -> DataLayers.Layer? {
        guard let (root, _) = files.yaml(path, into: &diagnostics) else { return nil }
        let entries = NodeReader.entries(of: root, what: "a data layer", into: &diagnostics)
        let value = CoreSchema.value(of: Node(.map(entries), at: root.place), into: &diagnostics)
        guard case .map(let values) = value else { return nil }
        let places = Dictionary(entries.map { ($0.key, $0.keyPlace) }, uniquingKeysWith: { first, _ in first })
        var layer = DataLayers.Layer(path: path, values: values, places: places)
        if let pairing, pairing.differs(path) {
            layer.differingKeys = pairing.differingKeys(of: layer, beside: counterpart?.layer(path))
        }
        return layer
    }
}
