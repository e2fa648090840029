import ArgumentParser
import Compiler
import Model
import Resources
import StandardRoles

/// `lodestar explain TYPE | ADDRESS | data.KEY`.
struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Explains a resource type, a standard role, where a resource's values come from, or which data layer wins.",
        discussion: """
            Examples: lodestar explain file
                      lodestar explain std/accounts
                      lodestar explain file:/etc/motd Examples/first
                      lodestar explain 82001
                      lodestar explain data.packages Examples/fleet --host web-01
            """)

    @Argument(
        help:
            "A resource type, a standard role such as std/accounts, an address such as file:/etc/motd, data.KEY, the code of a failure, or codes for all."
    )
    var subject: String

    @OptionGroup var site: SiteArgument
    @OptionGroup var trust: TrustOptions
    @OptionGroup var options: HostOptions
    @OptionGroup var facts: FactsOption

    @Flag(help: "The reference page as Markdown.")
    var markdown = false

    /// The page of a standard role; nil for another word.
    private static func page(ofRole name: String) -> RolePage? {
        guard name.hasPrefix("std/"), StandardRoles.all[String(name.dropFirst(4))] != nil else { return nil }
        let site = Site(
            MapSite([:]), types: Registry.all, standardRoles: StandardRoles.all, engine: EngineVersion(Lodestar.version)
        )
        return RolePage(name, in: site)
    }

    func run() throws {
        if let type = Registry.all.first(where: { $0.name == subject }) {
            let page = ReferencePage(type)
            return Terminal.print(markdown ? page.markdown : page.text)
        }
        if let page = Self.page(ofRole: subject) { return Terminal.print(markdown ? page.markdown : page.text) }
        if subject == "codes" { return Terminal.print(FailureCode.markdown) }
        if let number = Int(subject) {
            if let code = FailureCode(rawValue: number) { return Terminal.print(code.text) }
            Terminal.report(
                "error: expected a code of a failure, found `\(subject)`\n  hint: `lodestar explain codes` lists them")
            throw ExitCode(64)
        }
        guard subject.hasPrefix("data.") || Address(subject) != nil else {
            Terminal.report(
                "error: expected a resource type, a standard role, an address or data.KEY, found `\(subject)`")
            if let hint = Spelling.hint(
                for: subject, among: Registry.all.map(\.name) + StandardRoles.all.keys.map { "std/\($0)" })
            {
                Terminal.report("  hint: \(hint)")
            }
            throw ExitCode(64)
        }
        let session = try Session(site.source, identity: options.identity, trust: trust)
        let (catalog, compilation) = try session.compiled(for: try session.target(facts, root: options.root))
        let lines: [String]?
        let allowed: [String]
        if subject.hasPrefix("data.") {
            lines = compilation.explanation(ofData: String(subject.dropFirst(5)))
            allowed = compilation.dataKeys.map { "data.\($0)" }
        } else {
            lines = Address(subject).flatMap { compilation.explanation(of: $0) }
            allowed = (catalog.declarations + compilation.composites).map(\.address.description)
        }
        guard let lines else {
            Terminal.report("error: expected something that is declared for \(catalog.host.id), found `\(subject)`")
            if let hint = Spelling.hint(for: subject, among: allowed) { Terminal.report("  hint: \(hint)") }
            throw ExitStatus.failure
        }
        Terminal.print(lines.joined(separator: "\n"))
    }
}
