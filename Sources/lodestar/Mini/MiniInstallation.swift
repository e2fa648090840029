import ArgumentParser
import Asset
import Compiler
import Engine
import MiniOS
import Model
import OperatorFiles
import Resources
import SystemCalls

/// The stage `install` of the mini OS: the machine is compared, its disks become what its profile says, the new root what the
/// site says, and last of all the disk one that boots. What was done before a power cut is found again on the disks.
struct MiniInstallation {
    let settings: MiniSettings
    let network: NetworkSettings
    let output: MiniOutput
    /// Where an image has its site.
    let site: String

    private static let target = "/target"
    private static let networkMark = "/run/lodestar-network"
    /// Where a bundle lies in the mini OS, and then in the installed system, which follows it.
    private static let bundle = "/var/lib/lodestar/install/site.site.tar"

    /// - Returns: whether the machine is installed; false where it waits for somebody.
    func run() throws -> Bool {
        let source = try bundle(), session = try session(of: source)
        let (machine, id) = try MachineOptions.parse([]).machine()
        let report = AssetInspection(of: machine, id, in: session.site.value).report
        output.tell(.asset(report: report.datum, lines: report.lines(isFull: false)))
        guard let profile = session.site.value.profile(ofHost: id) else {
            throw HostFault("install", id, "the inventory says no `install:` of it")
        }
        let installation = try InstallSession(
            InstallOptions.parse(arguments(profile)), profile: profile, session, trust: SignerOptions.parse(keys))
        if try installation.planInPlace(Selection()).isIdle {
            output.tell(.inPlace(host: id))
            return true
        }
        let begin = SystemClock.bootMilliseconds
        guard try perform(installation, profile) else { return false }
        try converge(source)
        // What makes the disk boot comes last.
        guard try perform(installation, profile, isLast: true) else { return false }
        output.tell(.installed(host: id, seconds: (SystemClock.bootMilliseconds - begin) / 1000))
        try output.keep(below: Self.target)
        try installation.release()
        return true
    }

    private var keys: [String] { settings.keys.flatMap { ["--key", $0] } }

    private func arguments(_ profile: String) throws -> [String] {
        let words = ["--profile", profile, "--target", Self.target]
        let images = settings.images.map { ["--images", $0] } ?? []
        if settings.images.map(MiniNetwork.isRemote) == true { try bringNetworkUp() }
        guard let token = settings.token else { return words + images }
        return words + images + ["--token", try local(token, as: "/run/lodestar/token")]
    }

    /// A file of the place, fetched where it is not here.
    private func local(_ place: String, as path: String) throws -> String {
        guard MiniNetwork.isRemote(place) else { return place }
        try LocalFiles.makeDirectory(String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)))
        try bringNetworkUp()
        try MiniNetwork.fetch(place, to: path)
        return path
    }

    private func bringNetworkUp() throws {
        if LocalFiles.exists(Self.networkMark) { return }
        try MiniNetwork(network).bringUp()
        try LocalFiles.write([], to: Self.networkMark, isDurable: false)
    }

    /// The bundle; nil where the site is in the image.
    private func bundle() throws -> String? {
        guard let source = settings.source else { return nil }
        return try local(source, as: Self.bundle)
    }

    private func session(of bundle: String?) throws -> Session {
        let session = try Session(
            SiteSource(parsing: bundle ?? site), identity: nil, trust: TrustOptions.parse(bundle == nil ? [] : keys))
        Terminal.report(session.site.value.diagnostics)
        if session.site.value.diagnostics.hasErrors { throw ExitStatus.refused }
        return session
    }

    /// - Parameter isLast: whether all of the profile is meant, and not only what comes before the ordinary site.
    /// - Returns: whether all of it is there now.
    private func perform(_ installation: InstallSession, _ profile: String, isLast: Bool = false) throws -> Bool {
        let last = isLast ? [] : installation.lastTypes
        let plan = try installation.plan(Selection(skipped: last))
        if plan.isIdle { return true }
        output.tell(
            .plan(
                profile: profile, count: plan.resources.count { $0.action != .hold },
                lines: PlanText(plan, isColored: false).text(.full).split(separator: "\n").map(String.init)))
        // An image that is not to be trusted leaves the disks as they are.
        let refused = plan.resources.filter { $0.action == .refuse }
        for resource in refused {
            output.tell(
                .refused(
                    resource: resource.address.description, reason: resource.reason?.text ?? "it is refused",
                    hint: resource.reason?.hint))
        }
        if !refused.isEmpty {
            output.tell(.failed(reason: "nothing was changed: an installation of which a part is refused is not begun"))
            return false
        }
        let meter = ProgressMeter { [output] address, done, total, seconds in
            output.tell(
                .progress(
                    resource: address.description, bytes: UInt64(done), total: UInt64(total), secondsLeft: seconds))
        }
        let report = try installation.perform(plan, meter: meter) { outcome in
            let address = outcome.address.description
            switch outcome.result {
            case .failed, .stale:
                output.tell(
                    .refused(resource: address, reason: outcome.reason?.text ?? "it failed", hint: outcome.hint))
            case .skipped: output.tell(.step(resource: address, state: .skipped))
            case .changed, .refreshed, .released: output.tell(.step(resource: address, state: .changed))
            case .inPlace: break
            }
        }
        guard report.hasFailures else { return true }
        output.tell(.failed(reason: "the disks are not what \(profile) says"))
        return false
    }

    /// Brings the new root to what the site declares; of a bundle it becomes one that follows it.
    private func converge(_ bundle: String?) throws {
        do {
            guard let bundle else {
                return try ApplyCommand.parse([site, "--root", Self.target]).run()
            }
            let place = LocalFiles.place(Self.bundle, below: Self.target)
            if let bytes = try LocalFiles.contents(of: bundle, limit: 1 << 30) {
                try LocalFiles.makeDirectory("\(Self.target)/var/lib/lodestar/install", mode: 0o755)
                try LocalFiles.write(bytes, to: place, mode: 0o600)
            }
            let source = settings.follow.map { ["--source", $0, "--seed", Self.bundle] } ?? ["--source", Self.bundle]
            try BootstrapCommand.parse(source + keys + ["--root", Self.target]).run()
        } catch let status as ExitCode where status.rawValue == 0 {
        }
    }
}
