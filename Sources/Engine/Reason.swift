public import Model

/// Why something is not simply done: what is unknown, refused, skipped, released or failed, and for what.
///
/// Decisions look at the case; the words for a person are made here and nowhere else.
public enum Reason: Sendable, Hashable {
    /// The type refuses.
    case refused(Refusal)
    /// The host cannot.
    case fault(HostFault)
    case other(String)
    /// The type cannot tell.
    case unknown(String)
    /// A command or a package that runs before may change it.
    case mayChange(by: Address)
    /// Something that is missing now may come with what the address brings.
    indirect case assumed(from: Address, Reason)
    case dependency(Address)
    /// An object that is no longer declared, and how it came under management.
    case custody(Custody, run: Int)
    /// An object that is no longer declared and stays because a declaration needs it.
    case needed(by: Address)
    /// What takes the place of an object that is no longer declared cannot be done.
    case blockedSuccessor(Address)
    case failedSuccessor(Address)
    /// The object of a declaration that is gone is gone too: the ledger alone forgets it.
    case gone
    case failed(Address)
    case stale(Address)
    case changedSincePlan
    case interrupted
    /// An undo of the run brought back what was there.
    case held(run: Int)
    /// A trial of it failed in the run, and it went back.
    case disproved(run: Int, Disproof)
    /// What a run changed is no longer as the run left it.
    case changedSinceRun(Int, property: String?)
    /// What was there before a run was not kept, or nobody could know it.
    case lost(String)
    /// A new object would have what outlived another one.
    case retired(String, from: Address)
    /// A property that its steps did not bring in line, in a plan or after an apply.
    case wouldDiffer(property: String)
    case stillDiffers(property: String)

    init(_ error: any Error) {
        self =
            switch error {
            case let reason as Reason: reason
            case let refusal as Refusal: .refused(refusal)
            case let fault as HostFault: .fault(fault)
            default: .other("\(error)")
            }
    }

    /// What an error of an observation says.
    public static func text(of error: any Error) -> String { Reason(error).text }

    public var text: String {
        switch self {
        case .refused(let refusal): refusal.reason
        case .fault(let fault): fault.text
        case .other(let text), .unknown(let text): text
        case .mayChange(let source): "\(source) may change it"
        case .assumed(let source, let reason): "assumed from \(source): \(reason.text)"
        case .dependency(let address): "it depends on \(address), which cannot be done"
        case .custody(let custody, let run): "\(custody.rawValue) by run \(run)"
        case .needed(let address): "\(address) needs it"
        case .blockedSuccessor(let address): "\(address) takes its place and cannot be done"
        case .failedSuccessor(let address): "\(address) failed, which takes its place"
        case .gone: "it is gone already"
        case .failed(let address): "\(address) failed"
        case .stale(let address): "\(address) is stale"
        case .changedSincePlan: "it is no longer what the plan saw"
        case .interrupted: "the run was interrupted"
        case .held(let run): "run \(run) was undone, and the site has not changed since"
        case .disproved(let run, let disproof): "\(disproof.trial) failed in run \(run): \(disproof.reason)"
        case .changedSinceRun(let run, let property):
            (property.map { "its \($0) was" } ?? "it was") + " changed since run \(run)"
        case .lost(let text): text
        case .retired(let object, let holder): "\(object) was that of \(holder), and files may still have it"
        case .wouldDiffer(let property): "\(property) would still differ afterwards"
        case .stillDiffers(let property): "\(property) still differs after it was set"
        }
    }

    public var hint: String? {
        if case .retired = self { return "take another one; `--allow-reuse` gives it away" }
        return if case .refused(let refusal) = self { refusal.hint } else { nil }
    }

    /// What was answered where a trial failed.
    public var disproof: String? {
        if case .fault(let fault) = self, fault.kind == .disproof { fault.reason } else { nil }
    }

    /// Whether something that is needed is not there, and may come with something else.
    var isMissing: Bool {
        if case .refused(let refusal) = self { return refusal.isMissing }
        if case .fault(let fault) = self { return fault.kind == .missing }
        return false
    }
}

/// Thrown where a plan finds out that a type's steps do not do what they say.
extension Reason: Error {}

extension Reason: CustomStringConvertible {
    public var description: String { text }
}
