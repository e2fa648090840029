/// The address that is reported over time: a change must hold for two collections, so that the fail-over of a virtual
/// address stays silent (ip-spec/1 I6).
public struct SettledAddress: Sendable, Hashable {
    /// The address; nil where the host has no address.
    public private(set) var reported: String?
    /// The address that the last collection found in its place.
    public private(set) var pending: String?
    /// Whether the last collection found something else than what is reported.
    public private(set) var isChanging: Bool

    public init(reported: String? = nil) {
        self.reported = reported
        isChanging = false
    }

    /// Continues where an earlier process left off.
    public init(reported: String?, pending: String?) {
        self.reported = reported
        self.pending = pending
        isChanging = true
    }

    /// Takes what a collection found; the first address of all is reported at once.
    public mutating func collect(_ found: String?) {
        if found == reported {
            (pending, isChanging) = (nil, false)
        } else if reported == nil || isChanging && found == pending {
            (reported, pending, isChanging) = (found, nil, false)
        } else {
            (pending, isChanging) = (found, true)
        }
    }
}
