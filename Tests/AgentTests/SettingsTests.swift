import Model
import Scheduling
import Testing

@testable import Agent

@Suite struct SettingsTests {
    private func read(_ text: String) -> (AgentSettings, [String]) {
        var diagnostics = Diagnostics()
        let settings = AgentSettings.read(Array(text.utf8), path: "agent.yaml", into: &diagnostics)
        return (settings, diagnostics.sorted.map(\.text))
    }

    @Test(arguments: ["", "{}", "# nothing\n", "converge:\nscheduler:\n"])
    func everyDefaultWorks(text: String) {
        let (settings, problems) = read(text)
        #expect(problems.isEmpty)
        #expect(settings.state.text == "/var/lib/lodestar")
        #expect(settings.converge.mode == .report)
        #expect(settings.converge.source == nil)
        #expect(settings.limits == StartLimits())
    }

    @Test func everySettingIsRead() {
        let (settings, problems) = read(
            """
            state: /a
            runtime: /b
            schedules: /c
            metrics: /d.prom
            reports: {size: 1M, count: 2}
            scheduler: {concurrent: 10, starts_per_second: 20, burst: 30}
            source: /site
            converge:
              root: /target
              mode: apply
              interval: 10m
              on_start: false
              on_change: false
              timeout: 5m
              windows:
                - {cron: "0 2 * * *", timezone: Europe/Berlin, length: 2h}
                - {every: 1h, length: 1m}
            """)
        #expect(problems.isEmpty)
        #expect([settings.state, settings.runtime, settings.schedules].map(\.text) == ["/a", "/b", "/c"])
        #expect(settings.metrics?.text == "/d.prom")
        #expect(settings.reportSize.bytes == 1 << 20 && settings.reportCount == 2)
        #expect([settings.limits.concurrentCount, settings.limits.perSecond, settings.limits.burst] == [10, 20, 30])
        #expect(settings.converge.source?.text == "/site" && settings.converge.root.text == "/target")
        #expect(settings.converge.mode == .apply && settings.converge.interval == .seconds(600))
        #expect(!settings.converge.onStart && !settings.converge.onChange && settings.converge.timeout == .seconds(300))
        #expect(settings.converge.windows.map(\.length) == [.seconds(7200), .seconds(60)])
    }

    @Test func aRepositorySomewhereElseIsRead() {
        let fingerprint = "SHA256:" + String(repeating: "a", count: 43)
        let (settings, problems) = read(
            """
            source:
              url: https://git.example.org/ops/site.git
              ref: main
              folder: sites/prod
              ca: /ca.pem
              trust: {signers: /s, keys: ["\(fingerprint)"], revoked: /r, expires_after: 14d}
            """)
        #expect(problems.isEmpty)
        #expect(settings.converge.source?.text == "https://git.example.org/ops/site.git#main:sites/prod")
        #expect(
            settings.converge.trust?.options == [
                "--last-trusted", "--signers", "/s", "--key", fingerprint, "--revoked", "/r", "--expires-after",
                "1209600s", "--ca", "/ca.pem",
            ])
        let (waived, none) = read("source: {url: \"git@example.org:x\", trust: none}")
        #expect(none.isEmpty && waived.converge.source?.text == "git@example.org:x#HEAD")
        #expect(waived.converge.trust?.options == ["--trust", "none"])
        let (bundle, problems2) = read("source: {bundle: /srv/prod.site.tar, trust: {signers: /s}, breaker: 0}")
        #expect(problems2.isEmpty && bundle.converge.breaker == nil)
        #expect(bundle.converge.source == .bundle(BundleSource(path: "/srv/prod.site.tar")))
        #expect(
            bundle.converge.command(.apply, root: "/") == [
                "apply", "/srv/prod.site.tar", "--root", "/", "--unattended", "--last-trusted", "--signers", "/s",
            ])
        let (web, problems3) = read("source: {bundle: \"https://a/prod.site.tar\", ca: /ca.pem, trust: {signers: /s}}")
        #expect(problems3.isEmpty && web.converge.command(.report, root: "/")?[1] == "https://a/prod.site.tar")
        #expect(web.converge.trust?.options.suffix(2) == ["--ca", "/ca.pem"])
        let (told, problems4) = read(
            "report: {url: \"https://a/r\", token_file: /t, ca: /ca.pem, facts: [os], spool: 1M}")
        #expect(problems4.isEmpty && told.report?.address.host == "a" && told.report?.tokenFile?.text == "/t")
        #expect(told.report?.facts == ["os"] && told.report?.spoolSize.bytes == 1 << 20)
        #expect(read("report: {url: \"https://a/r\", facts: all}").0.report?.facts == .some(nil))
        #expect(read("report: {url: \"https://a/r\"}").0.report?.facts == [])
        var diagnostics = Diagnostics()
        _ = AgentSettings.read(
            Array("source: \"/srv/a.site.tar#\(String(repeating: "a", count: 40))\"".utf8), path: "agent.yaml",
            into: &diagnostics)
        #expect(diagnostics.list.first?.hint?.hasPrefix("source: {bundle: /srv/a.site.tar, trust") == true)
        #expect(read("source: /srv/x.git#main").0.converge.source == SiteSource(parsing: "/srv/x.git#main"))
    }

    @Test(arguments: [
        ("source: {url: \"https://a/b\"}", "1:9: error: expected `trust` of the source, found none"),
        ("report: {token_file: /t}", "1:9: error: expected `url` of the receiver, found none"),
        (
            "report: {url: \"http://a.example/r\"}",
            "1:15: error: `url`: expected https://HOST/PATH: plain http only leads to this very host"
        ),
        ("report: {url: \"https://a/r\", facts: some}", "1:37: error: `facts`: expected a list, found `some`"),
        ("source: {trust: none}", "1:9: error: expected `url` or `bundle` of the source, found neither"),
        ("source: /srv/prod.site.tar", "1:9: error: expected whose bundles count, found none"),
        (
            "source: {url: \"https://a/prod.site.tar\", trust: none}",
            "1:15: error: `url`: expected a repository, found a bundle"
        ),
        ("source: {bundle: /srv/prod.site.tar}", "1:9: error: expected `trust` of the source, found none"),
        (
            "source: {bundle: /srv/prod.tar, trust: none}",
            "1:18: error: `bundle`: expected the path or the address of a bundle, found `/srv/prod.tar`"
        ),
        (
            "source: {bundle: \"http://a/prod.site.tar\", trust: none}",
            "1:18: error: `bundle`: expected the address of a bundle: plain http only leads to this very host"
        ),
        (
            "source: {bundle: /srv/prod.site.tar, ca: /ca.pem, trust: none}",
            "1:42: error: expected `bundle` without `ca`, found both"
        ),
        (
            "source: {bundle: /srv/prod.site.tar, ref: main, trust: none}",
            "1:43: error: expected `bundle` without `ref`, found both"
        ),
        (
            "source: {url: \"https://a/b\", trust: {}}",
            "1:37: error: expected `signers` or `keys` in trust, found neither"
        ),
        (
            "source: {url: \"https://a/b\", trust: }",
            "1:37: error: expected `signers` or `keys` in trust, found neither"
        ),
        (
            "source: {url: \"https://a/b\", trust: {revoked: /r}}",
            "1:37: error: expected `signers` or `keys` in trust, found neither"
        ),
        (
            "source: {url: \"https://a/b\", trust: none, breaker: often}", "1:52: error: `breaker`: expected"
        ),
        (
            "source: {url: \"https://a/b\", trust: {signers: /s, expires_after: 5m}}",
            "1:66: error: `expires_after`: expected 1h to 3660d, found `5m`"
        ),
        ("source: {url: \"https://a/b\", trust: all}", "1:37: error: trust: expected a mapping, found"),
        (
            "source: {url: \"https://a/b\", trust: {keys: [MD5]}}",
            "1:45: error: `keys`: expected a fingerprint such as SHA256:..., found"
        ),
        (
            "source: {url: \"https://a/b\", ref: -x, trust: none}",
            "1:35: error: `ref`: expected the name of a branch or a tag, found"
        ),
        (
            "source: {url: \"https://a/b\", folder: ../x, trust: none}",
            "1:38: error: `folder`: expected a folder of the repository"
        ),
        (
            "source: {url: /srv/x, trust: none}",
            "1:15: error: `url`: expected a repository somewhere else, found a directory"
        ),
        (
            "source: {url: \"file:///x\", trust: none}",
            "1:15: error: `url`: expected a repository somewhere else, found a directory"
        ),
        ("source: {url: \"https://a:b@c/d\", trust: none}", "1:15: error: `url`: expected https://"),
        (
            "source: {url: \"https://a/b\", trust: none, poll: 5m}",
            "1:43: error: expected a key of source, found `poll`"
        ),
        ("source: site", "1:9: error: `source`: expected a canonical absolute path, found `site`"),
    ])
    func aSourceThatSaysTooLittleIsAnError(text: String, start: String) {
        let (settings, problems) = read(text)
        #expect(problems.count == 1 && problems[0].hasPrefix("agent.yaml:\(start)"), "\(problems)")
        #expect(settings.converge.source == nil || settings.converge.trust != nil)
    }

    @Test(arguments: [
        (
            "stat: /a",
            "agent.yaml:1:1: error: expected a key of the settings, found `stat`\n  hint: did you mean `state`?"
        ),
        (
            "state: a",
            "agent.yaml:1:8: error: `state`: expected a canonical absolute path, found `a`\n  hint: write an absolute path"
        ),
        ("converge: {interval: 1s}", "agent.yaml:1:22: error: `interval`: expected 10s to 366d, found `1s`"),
        ("scheduler: {concurrent: 0}", "agent.yaml:1:25: error: `concurrent`: expected 1 to 1000, found `0`"),
        (
            "converge: {windows: [{length: 1h}]}",
            "agent.yaml:1:22: error: expected a window of `length` and one of `cron` and `every`"
        ),
        (
            "converge: {windows: [{length: 1h, cron: \"0 2 * * *\", every: 1h}]}",
            "agent.yaml:1:61: error: expected a window of `length` and one of `cron` and `every`"
        ),
        (
            "converge: {windows: [{length: 1h, every: 1h, timezone: /etc}]}",
            "agent.yaml:1:56: error: `timezone`: expected UTC, local or a name such as Europe/Berlin, found `/etc`"
        ),
        (
            "converge: {windows: [{length: 1h, every: 400d}]}",
            "agent.yaml:1:42: error: `every`: expected whole seconds from 1s to 366d, found 400d"
        ),
        ("converge: [1]", "agent.yaml:1:11: error: converge: expected a mapping, found a list"),
    ])
    func wrongSettingsHaveTheirPlace(text: String, message: String) {
        #expect(read(text).1 == [message])
    }
}

@Suite struct ConvergeLoopTests {
    private func loop(_ change: (inout AgentSettings.Converge) -> Void = { _ in }) -> ConvergeLoop {
        var settings = AgentSettings.Converge()
        settings.source = .directory("/site")
        change(&settings)
        return ConvergeLoop(settings, hostIdentifier: "host") { $0 == "UTC" ? .utc : nil }
    }

    private let start = Moment(wall: ScriptedHost.midnight, boot: 1000)

    private func after(_ milliseconds: Int64) -> Moment {
        Moment(wall: start.wall + milliseconds, boot: start.boot + milliseconds)
    }

    @Test func aClockThatWasAheadDelaysNoConverge() {
        var loop = loop { $0.onStart = false }
        _ = loop.due(after(3_000_000))
        let ahead = loop.next
        _ = loop.due(start)
        #expect(loop.next != ahead && (loop.next ?? .max) <= start.wall + 1_800_000)
    }

    @Test func windowsFollowTheRulesOfTheirZone() throws {
        var window = AgentSettings.Window(definition: ScheduleDefinition(), length: .seconds(3600))
        window.definition.name = "window"
        window.definition.cron = CronText(try ScheduleExpression(cron: "0 2 * * *"))
        window.definition.timezone = "local"
        window.definition.spread = .off
        var settings = AgentSettings.Converge()
        settings.source = .directory("/site")
        settings.windows = [window]
        var loop = ConvergeLoop(settings, hostIdentifier: "host") { _ in .utc }
        let two = ScriptedHost.midnight + 2 * 3_600_000
        #expect(loop.allowsChanges(at: two) && !loop.allowsChanges(at: two + 3_600_000))
        loop.placeWindows { _ in ScheduleZone(fixed: "-01:00") }
        #expect(!loop.allowsChanges(at: two) && loop.allowsChanges(at: two + 3_600_000))
    }

    @Test func withoutASourceThereIsNoLoop() {
        var loop = loop { $0.source = nil }
        loop.want(.signal)
        #expect(loop.due(start) == nil)
        #expect(loop.nextWake(start) == nil)
    }

    @Test func theIntervalHasAStableShareOfTheHost() {
        var loop = loop { $0.onStart = false }
        var times: [Int64] = []
        for second in 0..<(3 * 3600) {
            let now = after(Int64(second) * 1000)
            if let run = loop.due(now) {
                #expect(run.trigger == .interval)
                times.append(now.wall)
                loop.ended(now, isLocked: false)
            }
        }
        #expect(times.count == 6)
        #expect(Set(times.map { $0 % 1_800_000 }).count == 1)
        var other = self.loop { $0.onStart = false }
        _ = other.due(after(1_234_567))
        #expect(other.next.map { $0 % 1_800_000 / 1000 } == times.first.map { ($0 - 1) % 1_800_000 / 1000 })
    }

    @Test func oneConvergeAtATime() {
        var loop = loop()
        #expect(loop.due(start)?.trigger == .start)
        loop.want(.signal)
        #expect(loop.due(after(1000)) == nil)
        #expect(loop.nextWake(after(1000)) == nil)
        loop.ended(after(2000), isLocked: false)
        #expect(loop.due(after(2000))?.trigger == .signal)
    }

    @Test func aSiteIsReadWhenItHasBeenQuiet() {
        var loop = loop { $0.onStart = false }
        for step in 0..<5 {
            loop.changed(at: after(Int64(step) * 1000))
            #expect(loop.due(after(Int64(step) * 1000)) == nil)
        }
        #expect(loop.due(after(5999)) == nil)
        #expect(loop.due(after(6000))?.trigger == .change)
    }

    @Test func aSiteThatNeverIsQuietIsReadAllTheSame() {
        var loop = loop { $0.onStart = false }
        var first: Int64?
        for step in 0..<60 where first == nil {
            let now = after(Int64(step) * 1000)
            loop.changed(at: now)
            if loop.due(now) != nil { first = Int64(step) }
        }
        #expect(first == 30)
    }

    @Test func changesAreMadeInWindowsOnly() {
        var window = ScheduleDefinition()
        window.every = .seconds(3600)
        window.spread = .off
        var loop = loop {
            $0.mode = .apply
            $0.windows = [.init(definition: window, length: .seconds(600))]
        }
        #expect(loop.due(start)?.mode == .apply)
        loop.ended(start, isLocked: false)
        loop.want(.signal)
        #expect(loop.due(after(600_000))?.mode == .report)
        loop.ended(start, isLocked: false)
        loop.want(.signal)
        #expect(loop.due(after(3_600_000))?.mode == .apply)
    }

    @Test func aWindowInAnUnknownZoneAllowsNothing() {
        var window = ScheduleDefinition()
        window.every = .seconds(60)
        window.timezone = "Nowhere/Else"
        let loop = loop { $0.windows = [.init(definition: window, length: .seconds(60))] }
        #expect(!loop.allowsChanges(at: start.wall))
    }

    @Test func aPauseEndsByItself() {
        var loop = loop()
        loop.pause = Pause(until: start.wall + 60_000, reason: "a reason")
        #expect(loop.due(after(59_999)) == nil)
        #expect(loop.nextWake(after(1000)) == start.wall + 60_000)
        #expect(loop.due(after(60_000))?.trigger == .start)
        #expect(loop.pause == nil)
    }

    @Test func aLockedHostIsTriedAgain() {
        var loop = loop()
        _ = loop.due(start)
        loop.ended(start, isLocked: true)
        #expect(loop.due(after(59_000)) == nil)
        #expect(loop.due(after(60_000)) != nil)
    }

    @Test func aSourceThatDoesNotAnswerIsAskedBeforeTheInterval() {
        // The host's own moment of the interval is not within the minutes of this test.
        var loop = loop { $0.interval = .seconds(86_400) }
        _ = loop.due(start)
        loop.ended(start, isLocked: false, againAfter: 60_000)
        #expect(loop.nextWake(start) == start.wall + 60_000)
        #expect(loop.due(after(59_999)) == nil)
        #expect(loop.due(after(60_000))?.trigger.isRoutine == true)
        loop.ended(after(60_000), isLocked: false)
        #expect(loop.due(after(200_000)) == nil)
    }

    @Test func nothingConvergesBeforeTheClockIsPlausible() {
        var loop = loop()
        #expect(loop.due(Moment(wall: 1000, boot: 1000)) == nil)
        #expect(loop.nextWake(Moment(wall: 1000, boot: 1000)) == nil)
    }

    @Test(
        arguments: [
            (0, "in place"), (2, "differs"), (6, "differs, failures"), (8, "unknowns"), (65, "site refused"),
            (75, "locked"),
            (70, "failed with 70"), (nil, "killed"),
        ] as [(Int?, String)])
    func exitCodesHaveWords(exitStatus: Int?, words: String) {
        let run = ConvergeRun(trigger: .start, mode: .report)
        #expect(ConvergeOutcome(run: run, started: 0, ended: 1, exitStatus: exitStatus).summary == words)
    }
}
