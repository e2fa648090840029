/// How the serial that is found now stands to the one that this host went by (sn-spec/1 §6).
public enum IdentityStatus: String, Sendable {
    /// Nothing was found and nothing is pinned.
    case none
    /// Something was found and nothing was pinned.
    case new
    case stable
    /// The pinned serial is reported: its source is no longer valid, but the witnesses are the same.
    case carried
    /// The pinned serial is reported, beside the new one that is not accepted yet.
    case changed
    case overrideUnbound = "override-unbound"
}

/// The serial that is reported, and why.
public struct IdentityComparison: Sendable, Hashable {
    public var status: IdentityStatus
    /// The serial that is reported; nil without any serial.
    public var value: String?
    public var kind: SerialKind?
    public var source: SerialSource?
    public var confidence: SerialConfidence
    /// The serial found now, where another one is reported.
    public var found: String?
    /// How the pinned witnesses agree; nil without a pin.
    public var agreement: Witnesses.Agreement?
    public var warnings: [String] = []

    /// Compares what was found with what is pinned.
    public init(found: SerialCandidate?, witnesses: Witnesses, pin: PinnedIdentity?) {
        status = found == nil ? .none : .new
        value = found?.value
        kind = found?.kind
        source = found?.source
        confidence = found?.confidence ?? .none
        guard let pin else { return }
        agreement = witnesses.agreement(with: pin.witnesses)
        // A board's serial never equals a system's, so that both must be of one kind.
        if let found, let value, found.kind == pin.kind, value.lowercased() == pin.value.lowercased() {
            status = .stable
            return
        }
        if found?.source == .override { return }
        guard agreement?.isSameMachine ?? true else {
            warnings.append(
                "most witnesses differ from those of the pinned \(pin.value): the pin of another machine is not used")
            return
        }
        let isWeaker = found.map { $0.source.rank > pin.source.rank } ?? true
        status = isWeaker ? .carried : .changed
        self.found = found?.value
        value = pin.value
        kind = pin.kind
        source = pin.source
        confidence = pin.confidence
        if isWeaker {
            warnings.append("\(pin.source.rawValue) no longer gives the pinned \(pin.value): was the board swapped?")
        } else {
            warnings.append(
                "found \(self.found ?? "nothing") where \(pin.value) is pinned: `lodestar hostinfo accept` takes it over"
            )
        }
    }
}
