import Model

/// Finds the labels that tell some hosts from all others.
struct SelectorFinder {
    /// How many labels are tried with each other.
    private static let greatestCandidateCount = 12
    private let hosts: [[Int32]]
    private let names: [Datum.Member]
    private let counts: [Int]
    /// How many hosts have a label of the name, whatever its value.
    private let keyCounts: [String: Int]

    init(_ labels: [[Datum.Member]]) {
        var numbers: [Datum.Member: Int32] = [:], names: [Datum.Member] = [], counts: [Int] = []
        hosts = labels.map { members in
            members.map { member in
                let number = numbers[member] ?? Int32(names.count)
                if numbers[member] == nil {
                    numbers[member] = number
                    names.append(member)
                    counts.append(0)
                }
                counts[Int(number)] += 1
                return number
            }
        }
        self.names = names
        self.counts = counts
        keyCounts = Dictionary(labels.flatMap { $0 }.map { ($0.key, 1) }, uniquingKeysWith: +)
    }

    /// A label that the hosts have, or that none of them has.
    private struct Candidate {
        var label: Int32
        var isWanted = true
    }

    /// - Returns: a condition such as `labels.tier == "web"`, of up to three labels; nil where none is found.
    func selector(of group: [Int]) -> String? {
        if group.count == hosts.count { return "true" }
        guard let first = group.first else { return nil }
        var common = Set(hosts[first]), met = common
        for host in group.dropFirst() {
            if !common.isEmpty { common.formIntersection(hosts[host]) }
            met.formUnion(hosts[host])
        }
        // The rarest labels first, then those whose lack tells most.
        let owned = common.sorted { (counts[Int($0)], $0) < (counts[Int($1)], $1) }.map { Candidate(label: $0) }
        let lacked = names.indices.map { Int32($0) }.filter { !met.contains($0) }
            .sorted { (counts[Int($1)], $0) < (counts[Int($0)], $1) }
            .filter { number in met.contains { names[Int($0)].key == names[Int(number)].key } }
            .map { Candidate(label: $0, isWanted: false) }
        let few = Self.greatestCandidateCount / 2, candidates = Array(owned.prefix(few) + lacked.prefix(few))
        for one in candidates where count(of: [one]) == group.count { return text([one]) }
        for (index, one) in candidates.enumerated() {
            for other in candidates.dropFirst(index + 1) where count(of: [one, other]) == group.count {
                return text([one, other])
            }
        }
        guard candidates.count >= 3, count(of: candidates) == group.count else { return nil }
        return shortened(candidates, count: group.count)
    }

    /// Without the labels that tell nothing more.
    private func shortened(_ labels: [Candidate], count wanted: Int) -> String? {
        var left = labels
        for label in labels where left.count > 1 {
            let without = left.filter { $0.label != label.label }
            if count(of: without) == wanted { left = without }
        }
        return left.count <= 3 ? text(left) : nil
    }

    private func count(of labels: [Candidate]) -> Int {
        hosts.count { host in labels.allSatisfy { host.contains($0.label) == $0.isWanted } }
    }

    private func text(_ labels: [Candidate]) -> String {
        labels.map { candidate in
            let label = names[Int(candidate.label)]
            let isPlain = label.key.isVariableName, quoted = Datum.string(label.key).json
            let name = isPlain ? "labels.\(label.key)" : "labels[\(quoted)]"
            let comparison = "\(name) \(candidate.isWanted ? "==" : "!=") \(label.value.json)"
            // Asked of a host that has no such label, a comparison alone would be an error.
            if keyCounts[label.key] == hosts.count { return comparison }
            let question = isPlain ? "has(\(name))" : "\(quoted) in labels"
            return candidate.isWanted
                ? "\(question) && \(comparison)" : "(!\(isPlain ? question : "(\(question))") || \(comparison))"
        }.joined(separator: " && ")
    }
}
