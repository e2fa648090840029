import Model
import Testing

@testable import Scheduling

@Suite struct ImportTests {
    private func table(
        _ text: String, hasUsers: Bool = false, zone: String? = "Europe/Berlin", accounts: Set<String>? = nil
    ) -> ImportedSchedules {
        ImportedSchedules(
            crontab: Array(text.utf8), hasUsers: hasUsers, user: "root", on: .init(zone: zone, accounts: accounts))
    }

    @Test(arguments: [
        ("/opt/ops/report --quiet", "report"),
        ("test -x /usr/sbin/anacron || ( cd / && run-parts --report /etc/cron.daily )", "cron.daily"),
        (
            "[ -x /usr/lib/php/sessionclean ] && if [ ! -d /run/systemd/system ]; then /usr/lib/php/sessionclean; fi",
            "sessionclean"
        ),
        ("nice -n 10 ionice -c3 /usr/bin/foo -x", "foo"), ("cd /srv && ./run.sh", "run.sh"),
        ("A=b C='d' /usr/bin/x", "x"),
        ("/usr/bin/flock -n /var/lock/x.lock /opt/y --z", "y"), ("timeout 30s /opt/slow", "slow"),
        ("sudo -u www-data /opt/z", "z"),
        ("python3 /opt/job.py --all", "job.py"), ("python3 -m pkg.tool", "pkg.tool"),
        ("bash -c '/opt/inner arg'", "inner"),
        ("perl -e 'sleep int(rand(43200))' && certbot -q renew", "certbot"), ("sleep 30; /opt/late", "late"),
        ("env -i FOO=1 /opt/clean", "clean"), ("-", "job"), ("--help", "job"), ("> /dev/null", "job"),
        ("echo hello", "job"),
        ("if [ -x /a ] && [ $(date +\\%d) -le 7 ]; then /usr/share/mdadm/checkarray --cron; fi", "checkarray"),
        ("/bin/sh /opt/a b.sh", "a"), ("exec /opt/e", "e"), (". /etc/profile; /opt/f", "f"), ("@#$%", "job"),
    ])
    func jobsAreNamedByTheirPrograms(command: String, name: String) {
        #expect(JobName.base(of: command) == name)
        #expect(ScheduleDefinition.isName(JobName.base(of: command)))
    }

    @Test func namesAreDistinctOverFiles() {
        var all = ImportedSchedules()
        all.append(table("* * * * * /a/x\n* * * * * /b/x\n* * * * * /c/x-2\n"), from: "one")
        all.append(table("* * * * * /d/x\n"), from: "two")
        let names = all.jobs.map(\.definition.name)
        #expect(Set(names).count == 4, "\(names)")
        #expect(all.manifest.contains("# two, line 1: "))
    }

    @Test func jobsStayInTheZoneOfTheirHost() {
        let imported = table("30 2 * * * /opt/x\n@daily /opt/y\n@reboot /opt/z\n")
        #expect(imported.jobs.map(\.definition.timezone) == ["Europe/Berlin", "Europe/Berlin", "UTC"])
        #expect(imported.manifest.components(of: "timezone: Europe/Berlin") == 2)
        #expect(table("30 2 * * * /opt/x\n", zone: "UTC").manifest.contains("    timezone: UTC\n"))
        #expect(table("30 2 * * * /opt/x\n", zone: "local").manifest.contains("    timezone: local\n"))
    }

    @Test func aTableMayNameItsZoneForWhatFollows() {
        let imported = table(
            "0 1 * * * /opt/a\nCRON_TZ=Asia/Tokyo\n0 1 * * * /opt/b\nTZ=America/New_York\n0 1 * * * /opt/c\n")
        #expect(imported.jobs.map(\.definition.timezone) == ["Europe/Berlin", "Asia/Tokyo", "Asia/Tokyo"])
        #expect(imported.jobs[2].definition.env.entries.map(\.name) == ["TZ"])
        #expect(imported.jobs[2].differences.contains { $0.contains("TZ=America/New_York is the command's only") })
        #expect(
            table("CRON_TZ=<+03>-3\n0 1 * * * /opt/b\n").problems.map(\.message) == [
                "CRON_TZ: expected a time zone, found `<+03>-3`"
            ])
    }

    @Test func lineEndsOfOtherSystemsChangeNothing() {
        let text = "# c\nA='b c'\n\n*/5 * * * * /opt/x %in\n@daily /opt/y\n"
        let plain = table(text), other = table(text.replacing("\n", with: "\r\n"))
        #expect(plain.jobs.count == 2 && other.jobs.map(\.definition) == plain.jobs.map(\.definition))
        #expect(other.generalDifferences.contains { $0.contains("carriage returns") })
        #expect(table("\u{FEFF}* * * * * /opt/x\n").jobs.count == 1)
        // A file with carriage returns only is one line, and no table.
        #expect(table("* * * * * /opt/x\r* * * * * /opt/y\r").jobs.count == 1)
    }

    @Test(arguments: [
        ("0~59 3 * * *", "H 3 * * *"), ("~ 3 * * *", "H 3 * * *"), ("10~20 * * * *", "H(10-20) * * * *"),
        ("~10 * * * *", "H(0-10) * * * *"), ("50~ * * * *", "H(50-59) * * * *"),
        ("5,30~40 * * * *", "5,H(30-40) * * * *"),
        ("0 1~3 * * mon~fri", "0 H(1-3) * * H(1-5)"), ("0 0 ~ * *", "0 0 H * *"),
        ("0~30/10 * * * *", "H(0-30)/10 * * * *"),
    ])
    func randomValuesOfCronieAreTheHostsOwn(text: String, cron: String) throws {
        let imported = table("\(text) /opt/x\n")
        let job = try #require(imported.jobs.first, "\(imported.problems)")
        #expect(job.definition.cron?.expression.text == (try ScheduleExpression(cron: cron).text))
        #expect(job.differences.contains { $0.hasPrefix("cronie draws a value for `~`") })
    }

    @Test(arguments: ["20~10 * * * *", "~~ * * * *", "70~ * * * *", "5~x * * * *"])
    func randomValuesThatCannotBeAreProblems(text: String) {
        #expect(table("\(text) /opt/x\n").problems.count == 1)
        #expect(table("0~9 * * * * /opt/x\n").jobs.count == 1)
    }

    @Test func aMinusBeforeTheFieldsIsNoField() {
        let imported = table("-*/5 * * * * /opt/x\n- /opt/y\n")
        #expect(imported.jobs.map(\.definition.cron?.expression.text) == ["*/5 * * * *"])
        #expect(imported.jobs.first?.differences.contains { $0.contains("cronie") } == true)
    }

    /// What Debian's cron refuses, judged by it, and other crons take.
    @Test(arguments: ["@DAILY", "0 0 ? * *", "* 5/2 * * *"]) func whatDebiansCronWouldIgnoreIsTold(text: String) {
        let imported = table("\(text) /opt/x\n")
        #expect(imported.jobs.first?.differences.contains { $0.contains("Debian's cron") } == true)
    }

    @Test func accountsThatAreNotThereAreNamed() {
        let imported = table(
            "* * * * * root /opt/x\n* * * * * nobody-such /opt/y\n", hasUsers: true, accounts: ["root"])
        #expect(imported.jobs.count == 1)
        #expect(imported.problems.map(\.message) == ["expected a user of this host, found `nobody-such`"])
    }

    // MARK: files

    static let debian = CronFileRules(.debian), cronie = CronFileRules(.cronie)

    @Test(arguments: [
        ("foo", true, true), ("foo-bar_9", true, true), ("foo.conf", false, true), ("foo.dpkg-old", false, true),
        (".hidden", false, false), ("foo~", false, false), ("foo.rpmsave", false, false), ("#foo#", false, false),
        ("FOO", true, true),
    ])
    func namesThatCronPassesOverAreTold(name: String, isDebians: Bool, isCronies: Bool) {
        #expect((Self.debian.objection(toName: name, at: .dropIn) == nil) == isDebians)
        #expect((Self.cronie.objection(toName: name, at: .dropIn) == nil) == isCronies)
        #expect(Self.debian.objection(toName: name, at: .spool) == nil)
    }

    @Test(arguments: [
        (UInt32(0), UInt32(0o644), 1, true, true), (0, 0o600, 1, true, true), (0, 0o664, 1, false, false),
        (0, 0o646, 1, false, false), (1000, 0o644, 1, false, false), (0, 0o644, 2, false, false),
        (0, 0o755, 1, true, false),
        (0, 0o640, 1, true, true),
    ])
    func tablesThatCronPassesOverAreTold(owner: UInt32, mode: UInt32, links: Int, isDebians: Bool, isCronies: Bool) {
        let status = CronFileRules.Status(isRegular: true, owner: owner, mode: mode, linkCount: links)
        #expect((Self.debian.objection(to: status, at: .dropIn, user: nil) == nil) == isDebians)
        #expect((Self.cronie.objection(to: status, at: .dropIn, user: nil) == nil) == isCronies)
    }

    @Test func tablesOfTheSpoolAreTheirUsers() {
        func objection(_ owner: UInt32, _ mode: UInt32, _ user: UInt32?) -> String? {
            let status = CronFileRules.Status(isRegular: true, owner: owner, mode: mode, linkCount: 1)
            return Self.debian.objection(to: status, at: .spool, user: user)
        }
        #expect(objection(1000, 0o600, 1000) == nil)
        #expect(objection(1000, 0o644, 1000)?.contains("0600") == true)
        #expect(objection(0, 0o600, 1000)?.contains("owner 1000") == true)
        #expect(objection(1000, 0o600, nil)?.contains("no such account") == true)
    }

    // MARK: timers

    private func timer(_ text: String, _ dropIns: String...) -> ImportedSchedules {
        ImportedSchedules(
            timer: Array(text.utf8), name: "a.timer",
            dropIns: dropIns.enumerated().map {
                ("/etc/systemd/system/a.timer.d/\($0.offset).conf", Array($0.element.utf8))
            })
    }

    private func times(_ imported: ImportedSchedules) -> [String] {
        imported.jobs.map { $0.definition.cron?.expression.text ?? $0.definition.every?.text ?? "" }
    }

    @Test func dropInsAddAndTakeBack() {
        let unit = "[Timer]\nOnCalendar=daily\nPersistent=true\nRandomizedDelaySec=1h\n"
        #expect(times(timer(unit)) == ["0 0 * * *"])
        #expect(times(timer(unit, "[Timer]\nOnCalendar=hourly\n")) == ["0 0 * * *", "0 * * * *"])
        #expect(times(timer(unit, "[Timer]\nOnCalendar=\nOnCalendar=hourly\n")) == ["0 * * * *"])
        // Triggers are one list, whichever of them is emptied.
        #expect(times(timer(unit, "[Timer]\nOnUnitActiveSec=\nOnCalendar=Mon 3:00\n")) == ["0 3 * * 1"])
        #expect(
            times(timer("[Timer]\nOnBootSec=5m\nOnUnitActiveSec=1h\n", "[Timer]\nOnCalendar=\nOnCalendar=daily\n")) == [
                "0 0 * * *"
            ])
        // Settings of other drop-ins stay; the last one counts.
        let changed = timer(unit, "[Timer]\nRandomizedDelaySec=0\n", "[Timer]\nUnit=other.service\nPersistent=no\n")
        #expect(changed.jobs.first?.definition.spread == .off)
        #expect(changed.jobs.first?.definition.catchUp == .skip)
        #expect(changed.jobs.first?.definition.argv?.last == "other.service")
        // What stands outside of [Timer] is none of its settings.
        #expect(times(timer(unit, "[Unit]\nOnCalendar=hourly\n[Timer]\n")) == ["0 0 * * *"])
    }

    @Test func whatADropInSaysHasItsPlace() {
        let imported = timer("[Timer]\nOnCalendar=daily\n", "[Timer]\nOnCalendar=nonsense\nOnCalendar=hourly\n")
        #expect(imported.problems.map(\.file) == ["/etc/systemd/system/a.timer.d/0.conf"])
        #expect(imported.problems.map(\.line) == [2])
        #expect(imported.jobs.map(\.file) == [nil, "/etc/systemd/system/a.timer.d/0.conf"])
    }

    @Test func unitsOfOtherLineEndsAndContinuedLinesAreRead() {
        #expect(times(timer("[Timer]\r\nOnCalendar=daily\r\nPersistent=true\r\n")) == ["0 0 * * *"])
        #expect(times(timer("[Timer]\nOnCalendar=Mon..Fri \\\n# a comment between\n  03:00\n")) == ["0 3 * * 1-5"])
        #expect(timer("[Timer]\nOnCalendar=daily\n").manifest.contains("    timezone: local\n"))
    }

    @Test func aTemplateIsNoTimer() {
        let imported = ImportedSchedules(timer: Array("[Timer]\nOnCalendar=daily\n".utf8), name: "a@.timer")
        #expect(imported.jobs.isEmpty && imported.problems.count == 1)
    }
}

extension String {
    fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}
