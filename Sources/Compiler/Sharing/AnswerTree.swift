/// What an evaluation came to, by the answers of the hosts for which it was made: at each node the question that it asks
/// next, since what is asked depends on nothing but the answers before.
final class AnswerTree<Result> {
    private final class Node {
        /// nil for a leaf.
        var question: Int32?
        var next: [Int32: Node] = [:]
        var result: Result?
        /// How many hosts found their answer here.
        var foundCount = 0
    }

    /// With so many answers a question is asked of which nearly each host has its own.
    private static var greatestFanOut: Int { 64 }
    /// So many results may be kept where four of five are found by nobody.
    private let greatestIdleCount: Int
    /// nil: nearly each host has a result of its own, and nothing is kept.
    private var root: Node? = Node()
    private var resultCount = 0
    private var foundCount = 0

    /// - Parameter idleCount: how many results may be kept where most of them are found by nobody. A first few hundred are
    ///   rarely met again even where the answers are only a thousand combinations.
    init(idleCount: Int = 1_024) {
        greatestIdleCount = idleCount
    }

    /// What hosts with the same answers came to, else what this evaluation comes to.
    func result(for answers: HostAnswers, of record: ReadRecord, _ evaluation: () -> Result) -> Result {
        guard var node = root else { return evaluation() }
        while let question = node.question {
            guard let next = node.next[answers.token(of: question)] else { break }
            node.foundCount += 1
            node = next
        }
        if let known = node.result {
            foundCount += 1
            if record.isTracing { repeatQuestions(answers, of: record) }
            return known
        }
        let (result, questions) = record.traced(evaluation)
        keep(result, questions, answers)
        return result
    }

    /// What is evaluated around it asks what led here.
    private func repeatQuestions(_ answers: HostAnswers, of record: ReadRecord) {
        var node = root
        while let question = node?.question {
            record.repeatReads([question])
            node = node?.next[answers.token(of: question)]
        }
    }

    private func keep(_ result: Result, _ questions: [Int32], _ answers: HostAnswers) {
        guard var node = root else { return }
        if resultCount >= greatestIdleCount, foundCount * 4 < resultCount { return root = nil }
        for question in questions {
            if node.question == nil { node.question = question }
            if node.question != question { return }
            let token = answers.token(of: question)
            if let next = node.next[token] {
                node = next
                continue
            }
            if node.next.count >= Self.greatestFanOut, node.foundCount < node.next.count { return root = nil }
            let next = Node()
            node.next[token] = next
            node = next
        }
        node.result = result
        resultCount += 1
        for item in (result as? [EvaluatedItem]) ?? [] { item.isShared = true }
        (result as? EvaluatedItem)?.isShared = true
    }
}
