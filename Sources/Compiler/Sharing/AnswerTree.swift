/// What an evaluation came to, by the answers of the hosts for which it was made: at each node the question that it asks
/// next, since what is asked depends on nothing but the answers before.
final class AnswerTree<Result> {
    private final class Node {
        /// nil for a leaf.
        var question: Int32?
        var result: Result?
        /// How many hosts found their answer here.
        var foundCount = 0
        private(set) var count = 0
        /// By small tokens, which are the usual ones.
        private var near: [Node?] = []
        private var far: [Int32: Node] = [:]
        private static var nearCount: Int { 128 }

        subscript(_ token: Int32) -> Node? {
            let index = Int(token)
            return index < near.count ? near[index] : index < Self.nearCount ? nil : far[token]
        }

        func add(_ node: Node, at token: Int32) {
            count += 1
            let index = Int(token)
            if index >= Self.nearCount {
                far[token] = node
            } else {
                while near.count <= index { near.append(nil) }
                near[index] = node
            }
        }
    }

    /// With so many answers a question is asked of which nearly each host has its own.
    private static var greatestFanOut: Int { 64 }
    /// So many results may be kept where four of five are found by nobody.
    private let greatestIdleCount: Int
    /// Whether a result is of no host alone.
    private let isCommon: (Result) -> Bool
    /// nil: nearly each host has a result of its own, and nothing is kept.
    private var root: Node? = Node()
    private var resultCount = 0
    /// The host for which something was kept last.
    private var keeper: HostAnswers?
    /// Where two sites are compared and nothing is kept: what the last host came to by the new site.
    private var last: (answers: HostAnswers, questions: [Int32], result: Result)?
    private var foundCount = 0

    /// - Parameter idleCount: how many results may be kept where most of them are found by nobody. A first few hundred are
    ///   rarely met again even where the answers are only a thousand combinations.
    init(idleCount: Int = 1_024, isCommon: @escaping (Result) -> Bool = { _ in true }) {
        greatestIdleCount = idleCount
        self.isCommon = isCommon
    }

    /// Whether nearly each host has a result of its own.
    var isGivenUp: Bool { root == nil }

    /// What hosts with the same answers came to, else what this evaluation comes to.
    func result(for answers: HostAnswers, of record: ReadRecord, _ evaluation: () -> Result) -> Result {
        guard var node = root else { return ownResult(for: answers, of: record, evaluation) }
        // That the old site finds what the same host came to by the new one tells nothing of other hosts.
        let found = answers.counterpart != nil && answers.counterpart === keeper ? 0 : 1
        while let question = node.question {
            guard let next = node[answers.token(of: question)] else { break }
            node.foundCount += found
            node = next
        }
        if let known = node.result {
            foundCount += found
            if record.isTracing { repeatQuestions(answers, of: record) }
            return known
        }
        let (result, questions) = record.traced(evaluation)
        if isCommon(result) { keep(result, questions, answers) }
        return result
    }

    /// Of one host alone: where two sites are compared, what is evaluated for the new one is the old one's too if all answers are.
    private func ownResult(for answers: HostAnswers, of record: ReadRecord, _ evaluation: () -> Result) -> Result {
        guard answers.isPaired else { return evaluation() }
        if let last, last.answers === answers.counterpart, last.questions.allSatisfy(answers.agreesWithCounterpart) {
            record.repeatReads(last.questions)
            return last.result
        }
        let (result, questions) = record.traced(evaluation)
        if answers.counterpart == nil, isCommon(result) { last = (answers, questions, result) }
        return result
    }

    /// What is evaluated around it asks what led here.
    private func repeatQuestions(_ answers: HostAnswers, of record: ReadRecord) {
        var node = root
        while let question = node?.question {
            record.repeatReads([question])
            node = node?[answers.token(of: question)]
        }
    }

    private func keep(_ result: Result, _ questions: [Int32], _ answers: HostAnswers) {
        guard var node = root else { return }
        if resultCount >= greatestIdleCount, foundCount * 4 < resultCount { return root = nil }
        for question in questions {
            if node.question == nil { node.question = question }
            if node.question != question { return }
            let token = answers.token(of: question)
            if let next = node[token] {
                node = next
                continue
            }
            if node.count >= Self.greatestFanOut, node.foundCount < node.count { return root = nil }
            let next = Node()
            node.add(next, at: token)
            node = next
        }
        node.result = result
        resultCount += 1
        keeper = answers.isPaired ? answers : nil
        for item in (result as? [EvaluatedItem]) ?? [] { item.isShared = true }
        (result as? EvaluatedItem)?.isShared = true
    }
}
