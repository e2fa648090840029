/// The questions that evaluations asked, and the answers of all hosts so far, each by a number.
final class QuestionTable {
    private(set) var questions: [HostQuestion] = []
    private var numbers: [HostQuestion: Int32] = [:]
    private var tokens: [[HostAnswer: Int32]] = []

    func number(of question: HostQuestion) -> Int32 {
        if let known = numbers[question] { return known }
        let number = Int32(questions.count)
        numbers[question] = number
        questions.append(question)
        tokens.append([:])
        return number
    }

    /// Equal answers to a question have one token.
    fileprivate func token(of answer: HostAnswer, to question: Int32) -> Int32 {
        let index = Int(question)
        if let known = tokens[index][answer] { return known }
        let token = Int32(tokens[index].count)
        tokens[index][answer] = token
        return token
    }
}

/// The answers of one host, each found when it is first needed.
final class HostAnswers {
    /// The scope owns them.
    private unowned let scope: HostScope
    private let table: QuestionTable
    private var tokens: [Int32] = []

    init(_ scope: HostScope, _ table: QuestionTable) {
        self.scope = scope
        self.table = table
    }

    func number(of question: HostQuestion) -> Int32 { table.number(of: question) }

    func token(of question: Int32) -> Int32 {
        let index = Int(question)
        if index < tokens.count, tokens[index] >= 0 { return tokens[index] }
        let token = table.token(of: scope.answer(to: table.questions[index]), to: question)
        while tokens.count <= index { tokens.append(-1) }
        tokens[index] = token
        return token
    }
}
