import Engine
import Foundation
import Model
import SimulatedHost

extension LawBench {
    /// A host in memory with some more files, and the folders above them.
    static func simulated(with files: [(path: String, text: String)]) throws -> LawBench {
        let bench = try simulated()
        for (path, text) in files { try bench.put(text, at: path) }
        return bench
    }

    /// Puts a file where anything may be.
    func put(_ text: String, at path: String) throws {
        try makeFolders(above: path)
        try perform([.writeFile(FileWrite(try path.asPath, content: Content(text), replaced: .anything))])
    }

    /// Puts a link where anything may be.
    func link(_ path: String, to target: String) throws {
        try makeFolders(above: path)
        try perform([.makeLink(LinkCreation(try path.asPath, target: target, replaced: .anything))])
    }

    private func makeFolders(above path: String) throws {
        var parents: [AbsolutePath] = [], place = try path.asPath.parent
        while let folder = place, try host.status(of: folder) == nil {
            parents.append(folder)
            place = folder.parent
        }
        try perform(parents.reversed().map { .makeDirectory(DirectoryCreation($0, attributes: Attributes())) })
    }

    func perform(_ steps: [Step]) throws {
        for result in host.perform(steps) { _ = try result.get() }
    }

    /// The text of a file; nil where there is none.
    func text(_ path: String) throws -> String? {
        guard try host.status(of: path.asPath) != nil else { return nil }
        return String(decoding: try host.contents(of: path.asPath, limit: 1 << 20), as: UTF8.self)
    }

    /// The plan of a manifest's text.
    func plan(manifest: String) throws -> Plan { try plan(try Self.catalog(manifest)) }

    /// Applies a manifest's text: nothing fails, and the next plan is empty.
    @discardableResult
    func converge(_ manifest: String) throws -> Plan {
        let catalog = try Self.catalog(manifest), plan = try plan(catalog)
        let failures = try apply(plan).outcomes.filter(\.hasFailed).map { "\($0.address): \($0.reason?.text ?? "")" }
        guard failures.isEmpty else { throw Problem(text: failures.joined(separator: "\n")) }
        let second = try self.plan(catalog)
        guard !second.hasChanges else { throw Problem(text: PlanText(second, isColored: false).text(.full)) }
        return plan
    }

    func put(_ path: String, _ content: Content) throws {
        try makeFolders(above: path)
        try perform([.writeFile(FileWrite(try path.asPath, content: content, replaced: .anything))])
    }

    func bytes(_ path: String) throws -> [UInt8] { try host.contents(of: path.asPath, limit: 1 << 20) }
    func has(_ path: String) throws -> Bool { try host.status(of: path.asPath) != nil }

    /// Plans, expects a refusal, and tells why; applied anyway, nothing changes at a path.
    func refusal(_ manifest: String, leaving path: String) throws -> String {
        let before = try? bytes(path), plan = try plan(manifest: manifest)
        guard plan.count(.refuse) == 1 else { throw Problem(text: plan.fullText) }
        _ = try apply(plan)
        guard (try? bytes(path)) == before else { throw Problem(text: "\(path) has changed") }
        return plan.fullText
    }
}

extension Plan {
    /// As a person reads it, with everything.
    var fullText: String { PlanText(self, isColored: false).text(.full) }
}
