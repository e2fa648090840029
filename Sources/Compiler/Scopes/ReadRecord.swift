import Model

/// The facts and labels that a compilation read: hosts that agree on all of them share one catalog.
final class ReadRecord: @unchecked Sendable {
    /// By path such as `facts.os.id`; nil where there was nothing. One compilation runs in one task.
    private(set) var values: [String: Datum?] = [:]

    func note(_ path: String, _ value: Datum?) { values[path] = .some(value) }

    /// A digest over everything that was read.
    var digest: Digest {
        var text = ""
        for (path, value) in values.sorted(by: { $0.key < $1.key }) { text += "\(path)\u{0}\(value?.json ?? "-")\u{0}" }
        return Digest(of: text)
    }
}
