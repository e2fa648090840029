/// The questions that evaluations asked, and the answers of all hosts so far, each by a number.
final class QuestionTable {
    private(set) var questions: [HostQuestion] = []
    private var numbers: [HostQuestion: Int32] = [:]
    private var tokens: [[HostAnswer: Int32]] = []
    /// Those whose answers depend on the site.
    private(set) var ofSite: [Int32] = []

    func number(of question: HostQuestion) -> Int32 {
        if let known = numbers[question] { return known }
        let number = Int32(questions.count)
        numbers[question] = number
        questions.append(question)
        if question.dependsOnSite { ofSite.append(number) }
        tokens.append([:])
        return number
    }

    /// How many questions have more answers than each of the numbers of `PlanMemory`.
    private(set) var wideCounts = PlanMemory.answerCounts.map { _ in 0 }

    /// Whether a question has more answers than a number, or will have.
    func isWide(_ question: Int32, beyond count: Int) -> Bool {
        switch questions[Int(question)] {
        case .identity, .spread: true
        case .site: false
        case .member, .names, .data, .dataNames: tokens[Int(question)].count > count
        }
    }

    /// Equal answers to a question have one token.
    fileprivate func token(of answer: HostAnswer, to question: Int32) -> Int32 {
        // The shares of a spread are their own tokens.
        if case .share(let share) = answer { return share }
        let index = Int(question)
        if let known = tokens[index][answer] { return known }
        let token = Int32(tokens[index].count)
        tokens[index][answer] = token
        for (level, count) in PlanMemory.answerCounts.enumerated() where Int(token) == count { wideCounts[level] += 1 }
        return token
    }
}

/// The answers of one host, each found when it is first needed.
final class HostAnswers {
    /// The scope owns them.
    private unowned let scope: HostScope
    private let table: QuestionTable
    private var tokens: [Int32] = []
    /// Whether two sites are compared.
    let isPaired: Bool
    /// Of the same host, by the new site, where this is the old one.
    let counterpart: HostAnswers?

    init(_ scope: HostScope, _ table: QuestionTable, isPaired: Bool, counterpart: HostAnswers?) {
        self.scope = scope
        self.table = table
        self.isPaired = isPaired
        self.counterpart = counterpart
    }

    /// nil where nobody asked yet.
    private func knownToken(of question: Int32) -> Int32? {
        let index = Int(question)
        return index < tokens.count && tokens[index] >= 0 ? tokens[index] : nil
    }

    /// Whether the new site's host answers the same.
    func agreesWithCounterpart(on question: Int32) -> Bool {
        counterpart?.knownToken(of: question) == token(of: question)
    }

    /// What is evaluated for a host asks these, also where no tree has their answers yet.
    private var asked: Set<Int32> = []
    func noteAsked(_ question: Int32) { asked.insert(question) }

    /// Whether both sites answer the same to all that the new one was asked: then what both say comes to the same.
    ///
    /// It is to be asked when the labels and the data of the host are known.
    private(set) lazy var agreeWithCounterpart: Bool = {
        guard let counterpart else { return false }
        return table.ofSite.allSatisfy { question in
            let isAsked = counterpart.knownToken(of: question) != nil || counterpart.asked.contains(question)
            return !isAsked || counterpart.token(of: question) == token(of: question)
        }
    }()

    /// What does not depend on the site.
    private func token(ofCounterpartFor question: HostQuestion, _ number: Int32) -> Int32? {
        question.dependsOnSite ? nil : counterpart?.knownToken(of: number)
    }

    func number(of question: HostQuestion) -> Int32 { table.number(of: question) }

    func token(of question: Int32) -> Int32 {
        if let known = knownToken(of: question) { return known }
        let index = Int(question), asked = table.questions[index]
        let token =
            token(ofCounterpartFor: asked, question) ?? table.token(of: scope.answer(to: asked), to: question)
        while tokens.count <= index { tokens.append(-1) }
        tokens[index] = token
        return token
    }
}
