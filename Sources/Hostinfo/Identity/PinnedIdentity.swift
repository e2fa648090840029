public import Values

/// The serial that this host goes by, with its witnesses: `/var/lib/lodestar/identity.json`.
public struct PinnedIdentity: Sendable, Hashable {
    public static let path = "\(OwnPaths.state)/identity.json"

    public var value: String
    public var kind: SerialKind
    public var source: SerialSource
    public var confidence: SerialConfidence
    public var witnesses: Witnesses
    /// The address that is reported, over collections.
    public var address: SettledAddress

    public init(
        value: String, kind: SerialKind, source: SerialSource, confidence: SerialConfidence, witnesses: Witnesses,
        address: SettledAddress = SettledAddress()
    ) {
        self.value = value
        self.kind = kind
        self.source = source
        self.confidence = confidence
        self.witnesses = witnesses
        self.address = address
    }

    /// The pin after one more collection; nil where there is nothing to pin.
    ///
    /// A new host is pinned, a stable one keeps its witnesses up to date, a carried or changed serial stays as it is, and
    /// the pin of another machine gives way.
    public init?(after report: HostinfoReport) {
        let isForeign = report.pin != nil && report.serial.agreement?.isSameMachine == false
        if var pin = report.pin, report.serial.status != .new || !isForeign && report.chosen?.source != .override {
            if report.serial.status == .stable { pin.witnesses = report.witnesses }
            self = pin
        } else if let chosen = report.chosen, let value = chosen.value, report.serial.status == .new {
            self.init(
                value: value, kind: chosen.kind, source: chosen.source, confidence: chosen.confidence,
                witnesses: report.witnesses, address: report.pin?.address ?? SettledAddress())
        } else {
            return nil
        }
        address.collect(report.ip.primary?.address.address.text)
    }

    /// - Throws: for what is no pin, with the reason.
    public init(reading bytes: [UInt8]) throws(JSONFault) {
        let datum = try Datum(json: bytes)
        guard datum["spec"]?.text == "sn-spec/1", let value = datum["value"]?.text,
            let kind = datum["kind"]?.text.flatMap({ SerialKind(rawValue: $0) }),
            let source = datum["source"]?.text.flatMap({ SerialSource(rawValue: $0) }),
            let confidence = datum["confidence"]?.text.flatMap({ SerialConfidence(rawValue: $0) })
        else { throw JSONFault("expected a pin of sn-spec/1, found something else", at: 0) }
        self.init(
            value: value, kind: kind, source: source, confidence: confidence,
            witnesses: Witnesses(datum["witnesses"] ?? .null))
        let reported = datum["ip"]?["reported"]?.text
        if case .map(let members)? = datum["ip"]?["pending"] {
            address = SettledAddress(reported: reported, pending: members.first?.value.text)
        } else {
            address = SettledAddress(reported: reported)
        }
    }

    public var datum: Datum {
        func text(_ value: String?) -> Datum { value.map { .string($0) } ?? .null }
        return [
            "spec": "sn-spec/1", "value": .string(value), "kind": .string(kind.rawValue),
            "source": .string(source.rawValue), "confidence": .string(confidence.rawValue),
            "witnesses": witnesses.datum,
            "ip": [
                "reported": text(address.reported),
                "pending": address.isChanging ? ["address": text(address.pending)] : .null,
            ],
        ]
    }
}
