public import Values

/// Everything that the serial of a machine is found in.
public struct SerialEvidence: Sendable {
    /// A serial that somebody gave to this machine.
    public struct Override: Sendable, Hashable {
        public var value: String
        /// The path of the source, such as `/etc/hostinfo/identity.yaml`.
        public var origin: String
        /// Why it does not hold here, in words; nil when it holds.
        public var refusal: Refusal?

        public init(value: String, origin: String, refusal: Refusal? = nil) {
            self.value = value
            self.origin = origin
            self.refusal = refusal
        }
    }

    /// Why an override is not applied.
    public struct Refusal: Sendable, Hashable {
        /// `unbound`, or `not-mini-os`.
        public var rule: String
        public var reason: String

        public init(rule: String, reason: String) {
            self.rule = rule
            self.reason = reason
        }
    }

    /// A network card with its permanent address.
    public struct Card: Sendable, Hashable {
        public var name: String
        public var address: HardwareAddress
        /// nil where the bus is not known.
        public var isPCI: Bool?

        public init(name: String, address: HardwareAddress, isPCI: Bool?) {
            self.name = name
            self.address = address
            self.isPCI = isPCI
        }
    }

    /// A serial that the platform tells beside SMBIOS.
    public struct Platform: Sendable, Hashable {
        public var kind: SerialKind
        public var origin: String
        public var raw: [UInt8]

        public init(_ kind: SerialKind, origin: String, raw: [UInt8]) {
            self.kind = kind
            self.origin = origin
            self.raw = raw
        }
    }

    public var overrides: [Override] = []
    public var firmware: Firmware?
    /// A UUID that the platform tells where there is no SMBIOS.
    public var platformUUID: HardwareUUID?
    public var platforms: [Platform] = []
    public var isVirtual = false
    public var cards: [Card] = []
    public var dictionary = PlaceholderDictionary.standard

    public init() {}

    var uuid: HardwareUUID? { firmware?.system?.uuid ?? platformUUID }

    /// What a serial must not repeat (V8).
    var names: [String] {
        let system = firmware?.system, board = firmware?.boards ?? [], chassis = firmware?.chassis ?? []
        let names = [system?.vendor, system?.product, system?.version, system?.sku]
        return
            (names + board.flatMap { [$0.vendor, $0.product, $0.version] }
            + chassis.flatMap { [$0.vendor, $0.version, $0.sku] })
            .compactMap { $0 }.filter { !$0.isEmpty }
    }
}
