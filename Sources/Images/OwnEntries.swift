public import Model

/// What each machine has of its own, and no image may bring (systemd's "Building images safely"): identities, keys and seeds.
public enum OwnEntries {
    /// What becomes of an entry.
    public enum Fate: Equatable {
        case unpacked
        case leftOut
        /// A file with these bytes instead.
        case replaced([UInt8])
    }

    /// For systemd: the next boot is the first one (machine-id(5)).
    public static let machineID = Array("uninitialized\n".utf8)
    /// Written last, when all of an image is there.
    public static let mark = ImageEntry.Place(known: "var/lib/lodestar/image.json")
    /// What an unpacking that has not ended leaves at the top.
    public static let journalName = ".lodestar-unpacking"

    /// - Throws: for the journal: a root that was never finished is none.
    public static func fate(of entry: ImageEntry) throws(HostFault) -> Fate {
        let place = entry.place
        if place.shown.hasPrefix(journalName) {
            throw HostFault(
                "unpack", "the image", "`\(place.shown)` in it says that its root was never unpacked to the end")
        }
        if case .directory = entry.body { return .unpacked }
        switch place.shown {
        case "etc/machine-id": return .replaced(machineID)
        case "var/lib/systemd/random-seed", "var/lib/systemd/credential.secret", mark.shown: return .leftOut
        case "var/lib/dbus/machine-id":
            // A link to the other one is no id of its own.
            if case .link = entry.body { return .unpacked }
            return .leftOut
        default: return place.shown.hasPrefix("etc/ssh/ssh_host_") ? .leftOut : .unpacked
        }
    }
}
