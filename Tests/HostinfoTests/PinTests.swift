import Hostinfo
import Values
import Testing

@Suite struct PinTests {
    static let witnesses = Witnesses.sample(uuid: "u1", board: "b1", macs: ["m1", "m2"], disks: ["d1"])
    static let pin = PinnedIdentity(
        value: "SYS77A", kind: .system, source: .system, confidence: .authoritative, witnesses: witnesses)

    private func found(_ source: SerialSource, _ kind: SerialKind, _ value: String) -> SerialCandidate {
        SerialCandidate(source, kind, origin: "test", value: value, confidence: .authoritative)
    }

    @Test func sameSerialIsStableWhateverTheWitnesses() {
        let other = Witnesses.sample(uuid: "u9", board: "b9", macs: ["m9"], disks: ["d9"])
        let result = IdentityComparison(found: found(.system, .system, "sys77a"), witnesses: other, pin: Self.pin)
        #expect(result.status == .stable && result.value == "sys77a")
    }

    @Test func withoutAPinItIsNew() {
        let result = IdentityComparison(found: found(.system, .system, "A"), witnesses: Self.witnesses, pin: nil)
        #expect(result.status == .new && result.agreement == nil)
        #expect(IdentityComparison(found: nil, witnesses: Self.witnesses, pin: nil).status == .none)
    }

    /// The board was swapped: its serial field is empty, four of five witnesses are the same.
    @Test func weakerSourceWithTheSameWitnessesIsCarried() {
        let now = Witnesses.sample(uuid: "u1", board: "b2", macs: ["m1", "m2"], disks: ["d1"])
        let result = IdentityComparison(found: found(.uuid, .uuid, "UUID:u1"), witnesses: now, pin: Self.pin)
        #expect(result.status == .carried)
        #expect(result.value == "SYS77A" && result.found == "UUID:u1" && result.kind == .system)
        #expect(!result.warnings.isEmpty)
        #expect(IdentityComparison(found: nil, witnesses: now, pin: Self.pin).status == .carried)
    }

    @Test func sixtyPercentIsEnoughAndLessIsNot() {
        let three = Witnesses.sample(uuid: "u1", board: "b1", macs: ["m1", "x"], disks: ["y"])
        let two = Witnesses.sample(uuid: "u1", board: "b1", macs: ["x", "z"], disks: ["y"])
        #expect(IdentityComparison(found: nil, witnesses: three, pin: Self.pin).status == .carried)
        #expect(IdentityComparison(found: nil, witnesses: two, pin: Self.pin).status == .none)
    }

    @Test func halfOfTheWitnessesIsNotEnough() {
        let four = Witnesses.sample(uuid: "u1", board: "b1", macs: ["m1", "m2"], disks: [])
        let pin = PinnedIdentity(
            value: "SYS77A", kind: .system, source: .system, confidence: .authoritative, witnesses: four)
        let half = Witnesses.sample(uuid: "u1", board: "b1", macs: ["x", "y"], disks: [])
        #expect(IdentityComparison(found: nil, witnesses: half, pin: pin).status == .none)
    }

    @Test func newValidSerialIsNotAdoptedUntilAccepted() {
        let result = IdentityComparison(
            found: found(.system, .system, "NEW1"), witnesses: Self.witnesses, pin: Self.pin)
        #expect(result.status == .changed && result.value == "SYS77A" && result.found == "NEW1")
    }

    @Test func diskInAnotherMachineDropsThePin() {
        let other = Witnesses.sample(uuid: "u9", board: "b9", macs: ["m9"], disks: ["d1"])
        let result = IdentityComparison(found: found(.system, .system, "NEW1"), witnesses: other, pin: Self.pin)
        #expect(result.status == .new && result.value == "NEW1")
        #expect(result.warnings.first?.contains("the pin of another machine is not used") == true)
    }

    @Test func witnessThatCannotBeReadIsLeftOut() {
        let user = Witnesses.sample(uuid: nil, board: nil, macs: ["m1", "m2"], disks: [])
        let result = IdentityComparison(found: nil, witnesses: user, pin: Self.pin)
        #expect(result.agreement?.equal == 2 && result.agreement?.compared == 2)
        #expect(result.status == .carried)
    }

    @Test func boardSerialNeverEqualsASystemSerial() {
        let result = IdentityComparison(
            found: found(.board, .board, "SYS77A"), witnesses: Self.witnesses, pin: Self.pin)
        #expect(result.status == .carried && result.kind == .system)
    }

    @Test func overrideIsTakenAtOnce() {
        let result = IdentityComparison(
            found: found(.override, .override, "REG1"), witnesses: Self.witnesses, pin: Self.pin)
        #expect(result.value == "REG1" && result.status == .new)
    }

    @Test(arguments: [
        SettledAddress(), SettledAddress(reported: "10.0.0.5"),
        SettledAddress(reported: "10.0.0.5", pending: "10.0.0.6"), SettledAddress(reported: "10.0.0.5", pending: nil),
    ])
    func pinReadsWhatItWrites(_ address: SettledAddress) throws {
        var pin = Self.pin
        pin.address = address
        #expect(try PinnedIdentity(reading: Array(pin.datum.json.utf8)) == pin)
    }

    @Test func pinIsUsedByTheReport() {
        let tree = MemoryTree()
        tree.files[PinnedIdentity.path] = Array(Self.pin.datum.json.utf8)
        #expect(HostCollection(tree).report().serial.status == .carried)
        tree.files[PinnedIdentity.path] = Array("{}".utf8)
        let broken = HostCollection(tree).report()
        #expect(broken.serial.value == nil && broken.errors.count == 1)
    }
}

extension Witnesses {
    static func sample(uuid: String?, board: String?, macs: [String], disks: [String]) -> Witnesses {
        var witnesses = Witnesses()
        witnesses.uuid = uuid
        witnesses.boardSerial = board
        witnesses.macs = macs
        witnesses.disks = disks
        return witnesses
    }
}

@Suite struct SettledAddressTests {
    /// What is found in each collection, and what is reported after it.
    @Test(arguments: [
        (["A", "A"], ["A", "A"]), (["A", "V", "A"], ["A", "A", "A"]), (["A", "B", "B"], ["A", "A", "B"]),
        (["A", "B", "C", "C"], ["A", "A", "A", "C"]), (["A", "-", "-"], ["A", "A", "-"]), (["-", "A"], ["-", "A"]),
        (["A", "-", "A"], ["A", "A", "A"]),
    ])
    func changeMustHoldForTwoCollections(_ found: [String], _ reported: [String]) {
        var settled = SettledAddress()
        let result = found.map { text in
            settled.collect(text == "-" ? nil : text)
            return settled.reported ?? "-"
        }
        #expect(result == reported)
    }
}

@Suite struct CollectionTests {
    private func report(serial: String?, pin: PinnedIdentity?, macs: [String] = ["3c:ec:ef:00:00:01"]) -> HostinfoReport
    {
        let tree = MemoryTree()
        if let serial { tree.files["sys/class/dmi/id/product_serial"] = Array("\(serial)\n".utf8) }
        tree.files[PinnedIdentity.path] = pin.map { Array($0.datum.json.utf8) }
        for (index, mac) in macs.enumerated() {
            var link = NetworkLink(index: index + 1, name: "eth\(index)")
            link.isHardware = true
            link.address = HardwareAddress(mac)
            tree.network.links.append(link)
        }
        return HostCollection(tree).report()
    }

    @Test func newHostIsPinnedAndThenStable() throws {
        let first = try #require(PinnedIdentity(after: report(serial: "SYS77A", pin: nil)))
        #expect(first.value == "SYS77A" && first.witnesses.macs == ["3c:ec:ef:00:00:01"])
        let second = report(serial: "SYS77A", pin: first)
        #expect(second.serial.status == .stable)
        #expect(PinnedIdentity(after: second) == first)
    }

    @Test func stableHostLearnsItsNewWitnesses() throws {
        let first = try #require(PinnedIdentity(after: report(serial: "SYS77A", pin: nil)))
        let now = report(serial: "SYS77A", pin: first, macs: ["3c:ec:ef:00:00:01", "3c:ec:ef:00:00:02"])
        #expect(PinnedIdentity(after: now)?.witnesses.macs.count == 2)
    }

    @Test func changedSerialIsNotPinnedByItself() throws {
        let first = try #require(PinnedIdentity(after: report(serial: "SYS77A", pin: nil)))
        let now = report(serial: "SYS88B", pin: first)
        #expect(now.serial.status == .changed)
        #expect(PinnedIdentity(after: now)?.value == "SYS77A")
    }

    @Test func pinOfAnotherMachineGivesWay() throws {
        let first = try #require(PinnedIdentity(after: report(serial: "SYS77A", pin: nil)))
        let moved = report(serial: "SYS88B", pin: first, macs: ["3c:ec:ef:00:00:77"])
        #expect(PinnedIdentity(after: moved)?.value == "SYS88B")
    }

    @Test func hostWithoutSerialIsNotPinned() {
        #expect(PinnedIdentity(after: report(serial: nil, pin: nil)) == nil)
    }
}
