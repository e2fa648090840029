public import Values

/// What tells whether this is still the same machine, beside its serial (sn-spec/1 §6).
public struct Witnesses: Sendable, Hashable {
    public var uuid: String?
    public var chassisSerial: String?
    public var boardSerial: String?
    /// Permanent addresses of network cards.
    public var macs: [String] = []
    public var disks: [String] = []

    public init() {}

    /// How many of the witnesses of an earlier time are still there.
    public struct Agreement: Sendable, Hashable {
        public var equal = 0
        /// The witnesses that can be compared: of a kind that can be read now.
        public var compared = 0

        /// From 60 % on the machine is the same; with nothing to compare the answer is unknown.
        public var isSameMachine: Bool? { compared == 0 ? nil : equal * 10 >= compared * 6 }
    }

    /// Compares with the witnesses of an earlier time; a kind that cannot be read now is left out.
    public func agreement(with earlier: Witnesses) -> Agreement {
        var agreement = Agreement()
        func compare(_ now: [String], _ then: [String]) {
            guard !now.isEmpty else { return }
            let known = Set(now.map { $0.lowercased() })
            for witness in then {
                agreement.compared += 1
                if known.contains(witness.lowercased()) { agreement.equal += 1 }
            }
        }
        compare(uuid.map { [$0] } ?? [], earlier.uuid.map { [$0] } ?? [])
        compare(chassisSerial.map { [$0] } ?? [], earlier.chassisSerial.map { [$0] } ?? [])
        compare(boardSerial.map { [$0] } ?? [], earlier.boardSerial.map { [$0] } ?? [])
        compare(macs, earlier.macs)
        compare(disks, earlier.disks)
        return agreement
    }

    /// The word in the pin and in reports.
    public var datum: Datum {
        func text(_ value: String?) -> Datum { value.map { .string($0) } ?? .null }
        return [
            "uuid": text(uuid), "chassis_serial": text(chassisSerial), "board_serial": text(boardSerial),
            "macs": .list(macs.map { .string($0) }), "disks": .list(disks.map { .string($0) }),
        ]
    }

    init(_ datum: Datum) {
        uuid = datum["uuid"]?.text
        chassisSerial = datum["chassis_serial"]?.text
        boardSerial = datum["board_serial"]?.text
        macs = datum["macs"]?.items?.compactMap(\.text) ?? []
        disks = datum["disks"]?.items?.compactMap(\.text) ?? []
    }
}
