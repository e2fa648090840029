import Glibc
import Hostinfo
import SystemCalls
import Values

/// The verbs of `lodestar hostinfo` and `hostinfo`, so that both do the same.
public struct HostinfoVerbs {
    /// How a report is printed.
    public enum Format: String, Sendable, CaseIterable {
        case text, json, yaml
    }

    /// The subject of an explanation.
    public enum Subject: String, Sendable, CaseIterable {
        case sn, ip
    }

    /// The output and the exit status of a command.
    public struct Outcome: Sendable {
        public var output: String
        public var errors: String
        public var status: Int32

        public init(output: String = "", errors: String = "", status: Int32 = 0) {
            self.output = output
            self.errors = errors
            self.status = status
        }
    }

    private let root: String
    private let tree: HostTree
    private let isCapture: Bool

    /// - Parameters:
    ///   - capture: a folder that `hostinfo capture` made; nil for this host.
    ///   - root: the root of the system's files, where there is no capture.
    public init(capture: String?, root: String) {
        self.root = root
        isCapture = capture != nil
        tree = capture.map { HostTree(capture: $0) } ?? HostTree(root: root)
    }

    /// Who the host is; exit 1 with neither serial nor address.
    public func report(_ format: Format) -> Outcome {
        let report = HostCollection(tree).report()
        let output =
            switch format {
            case .text: report.text
            case .json: report.datum.json
            case .yaml: report.datum.yaml
            }
        return Outcome(
            output: output, errors: format == .text ? "" : report.errors.joined(separator: "\n"),
            status: report.hasIdentity ? 0 : 1)
    }

    /// How the serial or the address was found; exit 1 without one.
    public func explanation(of subject: Subject) -> Outcome {
        let report = HostCollection(tree).report()
        switch subject {
        case .sn: return Outcome(output: report.serialExplanation, status: report.serial.value == nil ? 1 : 0)
        case .ip: return Outcome(output: report.addressExplanation, status: report.ip.primary == nil ? 1 : 0)
        }
    }

    /// Stores everything that the facts of this host are made of in a new folder.
    public func capture(in folder: String) -> Outcome {
        let recording = RecordingTree(tree)
        _ = HostCollection(recording).report()
        for name in FactCollector<RecordingTree>.names { _ = FactCollector(recording).fact(name) }
        do throws(HostFault) {
            try recording.store(in: folder)
            return Outcome(output: "captured in \(folder); it holds serials and addresses of this host")
        } catch {
            return Outcome(errors: "error: \(error.text)", status: 1)
        }
    }

    /// Pins the serial that is found now, with its witnesses, and makes it the id of the host.
    public func accept() -> Outcome {
        if isCapture {
            return Outcome(errors: "error: expected this host to accept its serial, found a capture", status: 64)
        }
        if !ThisProcess.isPrivileged {
            return Outcome(errors: "error: cannot write /\(PinnedIdentity.path): only root may", status: 77)
        }
        let report = HostCollection(tree).report()
        guard let chosen = report.chosen, let value = chosen.value else {
            return Outcome(
                errors: "error: expected a serial to accept, found none\n  hint: `hostinfo explain sn` says why",
                status: 1)
        }
        let pin = PinnedIdentity(
            value: value, kind: chosen.kind, source: chosen.source, confidence: chosen.confidence,
            witnesses: report.witnesses, address: SettledAddress(reported: report.ip.primary?.address.address.text))
        do throws(HostFault) {
            try IdentityFiles(root: root).write(pin, hostID: value)
            return Outcome(
                output: "accepted \(value) (\(chosen.kind.rawValue), \(chosen.origin)); it is the id of this host now")
        } catch {
            return Outcome(errors: "error: \(error.text)", status: 1)
        }
    }
}
