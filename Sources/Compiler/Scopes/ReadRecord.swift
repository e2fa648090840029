import Model

/// The facts and labels that a compilation read: hosts that agree on all of them share one catalog.
final class ReadRecord: @unchecked Sendable {
    /// By path such as `facts.os.id`; nil where there was nothing. One compilation runs in one task.
    private(set) var values: [String: Datum?] = [:]
    /// The answers of the host where hosts are compiled that may have them in common.
    var answers: HostAnswers?
    /// The questions of what is evaluated now, the innermost evaluation last.
    private var frames: [[Int32]] = []

    func note(_ path: String, _ value: Datum?) { values[path] = .some(value) }

    /// A digest over everything that was read.
    var digest: Digest {
        var text = ""
        for (path, value) in values.sorted(by: { $0.key < $1.key }) { text += "\(path)\u{0}\(value?.json ?? "-")\u{0}" }
        return Digest(of: text)
    }

    /// Notes a question on which depends what is evaluated.
    func ask(_ question: @autoclosure () -> HostQuestion) {
        guard let answers, answers.isPaired || !frames.isEmpty else { return }
        let number = answers.number(of: question())
        if answers.isPaired { answers.noteAsked(number) }
        if !frames.isEmpty { note(number) }
    }

    /// Notes a file of the site, or a folder with its slash, where two sites are compared.
    func askSite(_ path: @autoclosure () -> String) {
        if answers?.isPaired == true { ask(.site(path())) }
    }

    /// Whether what is evaluated now notes what it asks.
    var isTracing: Bool { !frames.isEmpty }

    /// Notes once more what was asked on the way to a value that is known.
    func repeatReads(_ reads: [Int32]) {
        if frames.isEmpty { return }
        for read in reads { note(read) }
    }

    private func note(_ question: Int32) {
        if !frames[frames.count - 1].contains(question) { frames[frames.count - 1].append(question) }
    }

    /// Evaluates something.
    ///
    /// - Returns: the questions that it asked, in their order; none where one host is compiled.
    func traced<Result, Fault: Error>(
        _ evaluation: () throws(Fault) -> Result
    ) throws(Fault) -> (result: Result, reads: [Int32]) {
        guard answers != nil else { return (try evaluation(), []) }
        frames.append([])
        do throws(Fault) {
            let result = try evaluation()
            return (result, closeFrame())
        } catch {
            _ = closeFrame()
            throw error
        }
    }

    /// Evaluates something whose questions are not those of what is evaluated around it, unless they are repeated.
    func observed<Result>(_ evaluation: () -> Result) -> (result: Result, reads: [Int32]) {
        frames.append([])
        let result = evaluation()
        return (result, frames.removeLast())
    }

    /// What asks something asks it for what is evaluated around it.
    private func closeFrame() -> [Int32] {
        let reads = frames.removeLast()
        repeatReads(reads)
        return reads
    }
}
