import ArgumentParser
import Engine
import Model
import OperatorFiles
import Signatures
import SystemCalls

/// `lodestar source`: where a site comes from, and whether that is to be trusted.
struct SourceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "source",
        abstract: "Shows and updates what is followed, and says whether a commit is to be trusted.",
        subcommands: [
            SourceStatusCommand.self, SourceUpdate.self, SourceRetry.self, SourceVerify.self, SourceAccept.self,
        ])
}

/// `lodestar source verify`: the verdict on a commit, step by step.
struct SourceVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Says step by step whether a commit or a bundle is to be trusted, and exits 79 where it is not.",
        discussion: "Example: lodestar source verify .#main --signers /etc/lodestar/allowed_signers")

    @OptionGroup var site: SiteArgument
    @OptionGroup var trust: TrustOptions

    @Option(help: "text or json.")
    var format = Format.text

    func run() throws {
        let access = try trust.access(root: nil)
        guard access.trust != nil else {
            Terminal.report("\(site.site): error: expected --signers or --key, found neither: nobody is trusted")
            throw ExitStatus.untrusted
        }
        let inspection = try Session.reportingFaults(of: site.source) { () throws(SourceFault) in
            try site.source.inspection(access)
        }
        var fault: SourceFault?, files: (any SiteReader)?
        if inspection.isTrusted {
            do throws(SourceFault) { files = try inspection.files() } catch { fault = error }
        }
        switch format {
        case .text: Terminal.print(text(of: inspection, files, fault))
        case .json: Terminal.printJSON(datum(of: inspection, fault).json)
        }
        if !inspection.isTrusted { throw ExitStatus.untrusted }
        if let fault { throw fault.kind == .untrusted ? ExitStatus.untrusted : ExitStatus.refused }
    }

    private func text(
        of inspection: some SourceJudgement, _ files: (any SiteReader)?, _ fault: SourceFault?
    ) -> String {
        var lines = [inspection.knownCommit.map { "\($0) \(inspection.subject)" } ?? site.site]
        lines += inspection.facts.map { "  \($0)" }
        for verdict in inspection.verdicts { lines += verdict.lines }
        if let files {
            let count = (try? files.paths(below: ""))?.count ?? 0
            lines += ["files:", "  \(count) plain files, \(type(of: inspection).filesClaim)"]
        }
        if let fault { lines += ["files:", "  but \(fault.reason)"] }
        switch (inspection.signer, fault) {
        case (let signer?, nil): lines.append("trusted: signed by \(signer)")
        case (let signer?, _): lines.append("refused: signed by \(signer), but no site")
        case (nil, _): lines.append("not trusted")
        }
        return lines.joined(separator: "\n")
    }

    private func datum(of inspection: some SourceJudgement, _ fault: SourceFault?) -> Datum {
        [
            "commit": inspection.knownCommit.map { .string($0) } ?? .null, "subject": .string(inspection.subject),
            "trusted": .bool(inspection.isTrusted), "signer": inspection.signer.map { .string($0) } ?? .null,
            "verdicts": .list(inspection.verdicts.map(\.datum)),
            "fault": fault.map { .string($0.reason) } ?? .null,
        ]
    }
}

/// `lodestar source accept`: root's word for a commit that does not come from the last one.
struct SourceAccept: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept",
        abstract:
            "Takes a commit that does not come from the one that was followed before; its signature must be good all the same.",
        discussion: "Example: lodestar source accept 926f837de8478b64f93c78c07f2eeb0410d2bd21")

    @Argument(help: "The 40 digits of the commit.")
    var commit: String

    @Option(help: ArgumentHelp("The root that is managed.", valueName: "dir"), transform: HostRoot.path)
    var root = "/"

    func validate() throws {
        if GitCommitName(commit) == nil {
            throw ValidationError("expected the 40 hexadecimal digits of a commit, found `\(commit)`")
        }
    }

    func run() throws {
        let hostSession = try HostSession(root: root), lock = try hostSession.lock(for: "source accept")
        defer { withExtendedLifetime(lock) {} }
        try Terminal.reportingFaults {
            var record = try SourceRecord(in: StateFolder.made(below: hostSession.root))
            try record.accept(commit)
        }
        Terminal.print("accepted \(commit): the next apply takes it, if it is signed by somebody who counts")
    }
}

extension Session {
    /// Remembers the commit that is about to be applied: what comes after must come from it.
    ///
    /// Whoever has the lock asks here again: another apply may have begun a later commit since the site was opened.
    func begin(below root: String) throws {
        guard let commit = source.commit else { return }
        try Self.reportingFaults(of: given) { () throws(SourceFault) in try access.checkSequence(of: source, made: made)
        }
        try Terminal.reportingFaults {
            var record = try SourceRecord(in: StateFolder.made(below: root))
            try record.begin(commit, made: made, at: SystemClock.seconds)
        }
    }

    /// Counts an apply of the commit as one that failed, until `end` says how it ended.
    func attempt(below root: String) throws {
        guard let commit = source.commit else { return }
        try Terminal.reportingFaults {
            var record = try SourceRecord(in: StateFolder.made(below: root))
            try record.attempt(commit)
        }
    }

    /// - Parameter report: nil where everything was in place.
    func end(_ report: Report?, below root: String) throws {
        let isInterrupted = report?.isInterrupted == true
        guard source.commit != nil, isInterrupted || report?.hasFailures != true else { return }
        try Terminal.reportingFaults {
            var record = try SourceRecord(in: StateFolder.made(below: root))
            try isInterrupted ? record.withdrawAttempt() : record.forgetFailures()
        }
    }
}
