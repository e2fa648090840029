import Compiler
import Engine
import Expressions
import Model
import OperatorFiles
import SystemCalls

/// A plan on disk: what it is bound to, and what was observed of each resource. It holds no contents and no secrets.
struct SavedPlan {
    static let format = 1

    var hostIdentifier: String
    var root: String
    var source: SiteSource
    var catalog: String
    var version: String
    var selection: Selection
    /// By address; nil where nothing was observed.
    var fingerprints: [String: String?]

    init(_ plan: Plan, source: SiteSource, root: String, selection: Selection) {
        hostIdentifier = plan.catalog.host.id
        self.root = root
        self.source = source
        catalog = plan.catalog.digest.hexadecimal
        version = Lodestar.version
        self.selection = selection
        fingerprints = Dictionary(
            plan.resources.map { ($0.address.description, $0.fingerprint?.hexadecimal) },
            uniquingKeysWith: { $0 ?? $1 })
    }

    var datum: Datum {
        [
            "format": .int(Int64(Self.format)), "version": .string(version), "host": .string(hostIdentifier),
            "root": .string(root), "site": .string(source.text), "catalog": .string(catalog),
            "only": .list(selection.only.map { .string($0) }), "skip": .list(selection.skipped.map { .string($0) }),
            "allow_reuse": .bool(selection.allowsReuse),
            "resources": .map(
                fingerprints.sorted { $0.key < $1.key }.map { .init($0.key, $0.value.map { .string($0) } ?? .null) }),
        ]
    }

    /// Reads a saved plan; nil for anything else.
    init?(_ bytes: [UInt8]) {
        guard let plan = try? Datum(json: bytes) else { return nil }
        func text(_ name: String) -> String? {
            if case .string(let text)? = plan[name] { text } else { nil }
        }
        func words(_ name: String) -> [String] {
            guard case .list(let items)? = plan[name] else { return [] }
            return items.compactMap { if case .string(let word) = $0 { word } else { nil } }
        }
        guard plan["format"] == .int(Int64(Self.format)), let host = text("host"), let root = text("root"),
            let site = text("site"), let catalog = text("catalog"), let version = text("version"),
            case .map(let resources)? = plan["resources"]
        else { return nil }
        (hostIdentifier, self.root, self.catalog, self.version) = (host, root, catalog, version)
        source = SiteSource(parsing: site)
        selection = Selection(
            only: words("only"), skipped: words("skip"), allowsReuse: plan["allow_reuse"] == .bool(true))
        fingerprints = [:]
        for member in resources {
            if case .string(let digest) = member.value {
                fingerprints[member.key] = .some(digest)
            } else {
                fingerprints[member.key] = .some(nil)
            }
        }
    }

    /// Why a plan made now is another one; nil when it is the same.
    func mismatch(with plan: Plan, root: String) -> String? {
        if version != Lodestar.version { return "it was made by lodestar \(version), this is \(Lodestar.version)" }
        if hostIdentifier != plan.catalog.host.id { return "it was made for the host \(hostIdentifier)" }
        if self.root != root { return "it was made for the root \(self.root)" }
        if catalog != plan.catalog.digest.hexadecimal { return "the site or its facts changed since it was made" }
        return nil
    }

    /// The part of a plan made now that was saved, each resource with what was observed then.
    func restricting(_ plan: Plan) -> Plan {
        var plan = plan
        plan.resources = plan.resources.compactMap { resource in
            guard let saved = fingerprints[resource.address.description] else { return nil }
            var resource = resource
            if let saved { resource.fingerprint = Digest(hexadecimal: saved) }
            return resource
        }
        plan.isWhole = false
        return plan
    }
}
