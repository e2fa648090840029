import ArgumentParser
import Compiler
import Fleet
import Model
import OperatorFiles
import SystemCalls

/// `lodestar fleet diff A..B`: which hosts a change touches, and how.
struct FleetDiff: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Shows which hosts a change of the site touches, and how.",
        discussion: """
            Example: lodestar fleet diff site#main..site
            Each of both is a directory or a commit (DIR#REF). One alone is compared with the working tree; a directory
            alone is compared with its last commit. Nothing is asked of any host: both sides are compiled with the facts
            that the site keeps.
            """)

    @Argument(help: "OLD..NEW; by default .#HEAD and the working tree.")
    var sites = "."

    @OptionGroup var choice: HostChoiceOption
    @OptionGroup var trust: TrustOptions

    @Option(help: ArgumentHelp("The age identity for secrets; without one they are not known.", valueName: "file"))
    var identity: String?

    @Option(help: "text, json, markdown or html.")
    var format = DifferenceFormat.text

    @Flag(help: "Exits with 2 for differences, 4 for refused hosts, 6 for both; 8 is added where facts are not known.")
    var detailedExitCode = false

    enum DifferenceFormat: String, ExpressibleByArgument, CaseIterable {
        case text, json, markdown, html
    }

    func run() throws {
        let condition = try choice.parsed(), (old, new) = try SitePair(parsing: sites).sessions(identity, trust)
        let chosen = try condition.map { try chosenHosts($0, old, new) }
        let sites = FleetSites(old: old.site.value, new: new.site.value, only: chosen)
        let parts = FleetWork.run(sites.hosts.count, "comparing") {
            FleetComparer(sites)
        } add: { comparer, position in
            comparer.compare(position)
        } finish: { comparer in
            (difference: comparer.finished(), faults: comparer.diagnostics)
        }
        var whole = FleetDifference(hosts: sites.hosts), faults = Diagnostics()
        for part in parts {
            whole.add(part.difference)
            faults.add(contentsOf: part.faults)
        }
        // What is wrong with the new site as a whole is no word about hosts.
        if faults.hasErrors {
            Terminal.report(faults)
            throw ExitStatus.refused
        }
        let summary = FleetSummary(whole, old: old.name, new: new.name)
        switch format {
        case .text: Terminal.print(DifferenceText(summary).text)
        case .markdown: Terminal.print(DifferenceText(summary).markdown)
        case .json: Terminal.printJSON(summary.datum.json)
        case .html: Terminal.print(summary.page)
        }
        if detailedExitCode { throw ExitCode(code(of: summary)) }
    }

    private func chosenHosts(_ condition: FleetCondition, _ old: Session, _ new: Session) throws -> Set<String> {
        let both = try [old, new].flatMap { session in
            try FleetWork.hosts(of: session.site.value, where: condition) { _ in }.values.map(\.id)
        }
        return Set(both)
    }

    private func code(of summary: FleetSummary) -> Int32 {
        let differs: Int32 = summary.hasDifferences ? 2 : 0
        let refuses: Int32 = summary.count(.refused) > 0 ? 4 : 0
        return differs + refuses + (summary.count(.unknown) > 0 ? 8 : 0)
    }
}

/// The two sites of a comparison.
struct SitePair {
    private let old: SiteSource
    private let new: SiteSource

    /// A name may hold `..` itself: what both sides open counts.
    init(parsing text: String) throws {
        let pairs = Self.splits(text).map { (SiteSource(parsing: $0), SiteSource(parsing: $1)) }
        // Whatever cannot be opened says why.
        let found = pairs.count < 2 ? pairs.first : pairs.first { Self.isThere($0) && Self.isThere($1) } ?? pairs.first
        if let found {
            (old, new) = found
            return
        }
        switch SiteSource(parsing: text) {
        case .directory(let path):
            (old, new) = (.commit(CommitSource(directory: path, revision: "HEAD")), .directory(path))
        case .commit(let source):
            let folder = source.folder.map { "/\($0)" } ?? ""
            (old, new) = (.commit(source), .directory(source.directory + folder))
        case .remote, .bundle:
            Terminal.report(
                "error: expected OLD..NEW, found one repository or bundle\n  hint: OLD may be one, and NEW a directory")
            throw ExitCode(64)
        }
    }

    /// Whether a side can be opened; a repository elsewhere is not asked for that, nor a bundle read.
    private static func isThere(_ source: SiteSource) -> Bool {
        switch source {
        case .remote: true
        case .bundle(let bundle) where bundle.isOnWeb: true
        case .bundle(let bundle): LocalFiles.exists(bundle.path)
        case .directory, .commit: (try? source.opened()) != nil
        }
    }

    /// `A..B` at each `..`; a side that is left out is HEAD or the working tree of the other one's directory.
    private static func splits(_ text: String) -> [(String, String)] {
        let bytes = Array(text.utf8)
        return bytes.indices.dropLast().compactMap { index in
            guard bytes[index] == UInt8(ascii: "."), bytes[index + 1] == UInt8(ascii: ".") else { return nil }
            let before = String(decoding: bytes[..<index], as: UTF8.self)
            let after = String(decoding: bytes[(index + 2)...], as: UTF8.self)
            guard !before.isEmpty, !after.isEmpty else { return nil }
            return (before, after)
        }
    }

    /// Opens both; one that cannot be is reported.
    func sessions(_ identity: String?, _ trust: TrustOptions) throws -> (old: Session, new: Session) {
        (try Session(old, identity: identity, trust: trust), try Session(new, identity: identity, trust: trust))
    }
}
