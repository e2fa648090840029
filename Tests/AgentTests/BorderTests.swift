import Model
import Testing

import Agent

/// What crosses the agent's border: requests, answers, and what one agent leaves to the next.
@Suite struct BorderTests {
    static let requests: [AgentRequest] = [
        .status, .resume, .converge, .run(job: "logrotate"),
        .pause(length: 7_200_000, reason: "a \"reason\" with \\ and \u{7F}", coversSchedules: true),
        .pause(length: 1000, reason: "short", coversSchedules: false),
    ]

    @Test(arguments: requests)
    func aRequestIsReadAsItWasMade(_ request: AgentRequest) {
        #expect(AgentRequest(line: request.line) == request)
        #expect(!request.line.hasLineBreak)
    }

    static let answers: [AgentAnswer] = [
        .done, .refused("expected the name of a schedule, found `x`"),
        .run(RunKey(job: "job", tick: 1_800_000_000_000, attempt: 2)),
        .status(["version": "1", "counts": [1, 2]], text: "two\nlines"),
    ]

    @Test(arguments: answers)
    func anAnswerIsReadAsItWasMade(_ answer: AgentAnswer) {
        #expect(AgentAnswer(line: answer.line) == answer)
        #expect(!answer.line.hasLineBreak)
    }

    /// The words of version 0.1 among them.
    @Test(
        arguments: [
            "", "status text", "{", "[]", "null", #"{"request":"status"} x"#, #"{"request":"reboot"}"#,
            #"{"request":"run"}"#, #"{"request":"run","job":7}"#,
            #"{"request":"pause","milliseconds":999,"reason":"x","schedules":false}"#,
            #"{"request":"pause","milliseconds":31622400001,"reason":"x","schedules":false}"#,
            #"{"request":"pause","milliseconds":1000,"reason":"","schedules":false}"#,
            #"{"request":"pause","milliseconds":1000,"reason":"a\nb","schedules":false}"#,
            #"{"request":"pause","milliseconds":1000,"reason":"x"}"#,
        ])
    func anythingElseIsNoRequest(_ line: String) {
        #expect(AgentRequest(line: line) == nil)
        #expect(AgentAnswer(line: line) == nil)
    }

    @Test func theNextAgentKnowsWhatThisOneKept() throws {
        let run = ConvergeRun(trigger: .change, mode: .apply)
        var state = KeptState()
        #expect(KeptState(state.datum) == state)
        state.pause = Pause(until: 17, reason: "a reason of words", coversSchedules: true)
        state.begun = .init(run, started: 18)
        state.lastConverge = ConvergeOutcome(run: run, started: 1, ended: 2, exitStatus: nil)
        #expect(KeptState(try Datum(json: Array(state.datum.compactJSON.utf8))) == state)
        state.lastConverge?.exitStatus = 6
        #expect(KeptState(state.datum) == state)
    }

    /// A damaged database may hold anything: a part that is none is missing, and the others count.
    @Test func aPartThatIsNoneIsMissing() {
        let pause: Datum = ["until": 17, "reason": "r", "schedules": false]
        let last: Datum = ["trigger": "signal", "mode": "report", "started": 1, "ended": .int(.max), "exit_code": 0]
        let state = KeptState(["pause": pause, "begun": "interval", "last_converge": last])
        #expect(state.pause == Pause(until: 17, reason: "r"))
        #expect(state.begun == nil && state.lastConverge == nil)
        #expect(KeptState("words") == KeptState())
    }

    @Test func thePauseOfVersionOneIsStillRead() {
        let pause = Pause(until: 17, reason: "a reason of words", coversSchedules: true)
        #expect(Pause(words: "17 all a reason of words") == pause)
        #expect(Pause(words: "17 converge r") == Pause(until: 17, reason: "r"))
        #expect(Pause(words: "17 none x") == nil)
    }
}
