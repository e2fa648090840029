public import Model
import Scheduling

extension Schedule {
    public static let fields: [Field<Schedule>] = identity + execution + policies

    private static let identity: [Field<Schedule>] = [
        Field(
            "name", always: \.definition.name, .key,
            doc: "The job's identity: its file, its history and its offset hang on it.", examples: ["logrotate"]),
        Field(
            "cron", \.definition.cron,
            doc: """
                Five fields; six with seconds first; seven with a year last; or a macro such as `@daily`, `@reboot`. \
                See Docs/schedules.md.
                """, examples: ["30 2 * * mon-fri", "\"*/10 * * * * *\"", "\"@daily\""]),
        Field(
            "every", \.definition.every,
            doc: "An interval from 1s to 366d; ticks lie at whole multiples of it from the Unix epoch.",
            examples: ["30s"]),
        Field(
            "after", \.definition.after, doc: "A delay from 1s to 366d after the previous run's end.", examples: ["5m"]),
        Field(
            "timezone", always: \.definition.timezone,
            doc: "An IANA name, `UTC` (the default) or `local`; needs tzdata unless UTC.", examples: ["Europe/Berlin"]),
        Field(
            "dst", always: \.definition.dst,
            doc: """
                What daylight saving does to fixed hours: `gap: run` (the default) makes one run of what a gap skips, \
                `skip` drops it; `overlap: once` (the default) or `twice`.
                """, examples: ["{gap: skip, overlap: twice}"]),
        Field(
            "spread", always: \.definition.spread,
            doc: """
                Where in the period this host starts: `auto` (the default: intervals, macros and cron with a period up to \
                an hour over their period, fixed hours not at all), `off`, `true` (the smaller of the period and 1 h), \
                `period`, or a window.
                """, examples: ["off", "10m"]),
        Field(
            "spread_key", \.definition.spreadKey, doc: "What the offset hangs on in place of the name.",
            examples: ["nightly"]),
    ]

    private static let execution: [Field<Schedule>] = [
        Field("run", \.definition.run, doc: "A text for /bin/sh.", examples: ["/opt/ops/rotate --quiet"]),
        Field(
            "argv", \.definition.argv, doc: "A program by its absolute path and its arguments; no shell sees them.",
            examples: ["[/usr/bin/updatedb]"]),
        Field("user", always: \.definition.user, doc: "Who runs it; root by default.", examples: ["www-data"]),
        Field(
            "groups", \.definition.groups, doc: "The supplementary groups; the user's own by default.",
            examples: ["[adm]"]),
        Field("cwd", always: \.definition.cwd, doc: "The working directory; / by default.", examples: ["/srv/app"]),
        Field("umask", always: \.definition.umask, doc: "0022 by default.", examples: ["\"0077\""]),
        Field(
            "env", always: \.definition.env,
            doc:
                "Variables beside the clean environment, `SCHEDULED_FOR` and `RUN_ID`; secrets close the file to others.",
            examples: ["{LANG: C.UTF-8}"]),
        Field(
            "limits", always: \.definition.limits,
            doc: """
                Limits of setrlimit(2), soft and hard: as, core, cpu, data, fsize, memlock, nofile, nproc, rss, stack; a \
                number or `unlimited`.
                """, examples: ["{nofile: 1024}"]),
        Field("nice", always: \.definition.nice, doc: "-20 to 19; 0 by default.", examples: ["10"]),
        Field(
            "io_class", always: \.definition.ioClass, doc: "The I/O scheduling class; none by default.",
            examples: ["idle"]),
        Field(
            "cpu", \.definition.cpu, doc: "The largest share of the processors: 50% is half a core; needs cgroup v2.",
            examples: ["50%"]),
        Field("memory", \.definition.memory, doc: "The most memory; needs cgroup v2.", examples: ["512M"]),
    ]

    private static let policies: [Field<Schedule>] = [
        Field(
            "timeout", \.definition.timeout, doc: "When a run is ended with SIGTERM; never by default.",
            examples: ["1h"]),
        Field(
            "kill_after", always: \.definition.killAfter, doc: "From SIGTERM to SIGKILL; 10s by default.",
            examples: ["30s"]),
        Field(
            "overlap", always: \.definition.overlap,
            doc: """
                What happens when a tick comes while a run is going: `skip` (the default), `queue` (one waits), `replace` \
                (the running one is ended), or `{allow: N}` at once.
                """, examples: ["queue", "{allow: 2}"]),
        Field("group", \.definition.group, doc: "Jobs of one group never run at once.", examples: ["database"]),
        Field(
            "catch_up", always: \.definition.catchUp,
            doc: """
                What happens with the ticks that nothing could run: `auto` (the default: `once` for periods of an hour or \
                more, else `skip`), `skip`, `once`, or `{all: N}` for the last N, at most 100.
                """, examples: ["once", "{all: 3}"]),
        Field(
            "retry", always: \.definition.retry,
            doc:
                "Further attempts of a failed run, within the period; each wait is twice the one before. None by default.",
            examples: ["{max: 3, backoff: 10s}"]),
        Field(
            "on_ambiguity", always: \.definition.onAmbiguity,
            doc:
                "What happens with a run of which a crash left unknown whether it started: `skip` (the default) or `rerun`.",
            examples: ["rerun"]),
        Field(
            "keep_output", \.definition.keepOutput,
            doc: """
                Whether what the runs print is kept for `schedule history`; by default it is, unless `env` holds a secret.
                """, examples: ["false"]),
        Field(
            "enabled", always: \.definition.enabled, doc: "false keeps the job without running it.", examples: ["false"]
        ),
    ]
}
