public import Model

extension ScheduleDefinition {
    /// The properties of a schedule: the resource type, the definition's file and the reference page are folds over it.
    public static let fields: [Field<ScheduleDefinition>] = identity + execution + policies

    private static let identity: [Field<ScheduleDefinition>] = [
        Field(
            "name", always: \.name, .key,
            doc: "The job's identity: its file, its history and its offset hang on it.", examples: ["logrotate"]),
        Field(
            "cron", \.cron,
            doc: """
                Five fields; six with seconds first; seven with a year last; or a macro such as `@daily`, `@reboot`. \
                See Docs/schedules.md.
                """, examples: ["30 2 * * mon-fri", "\"*/10 * * * * *\"", "\"@daily\""]),
        Field(
            "every", \.every,
            doc: "An interval from 1s to 366d; ticks lie at whole multiples of it from the Unix epoch.",
            examples: ["30s"]),
        Field(
            "after", \.after, doc: "A delay from 1s to 366d after the previous run's end.", examples: ["5m"]),
        Field(
            "timezone", always: \.timezone,
            doc: "An IANA name, `UTC` (the default) or `local`; needs tzdata unless UTC.", examples: ["Europe/Berlin"]),
        Field(
            "dst", always: \.dst,
            doc: """
                What daylight saving does to fixed hours: `gap: run` (the default) makes one run of what a gap skips, \
                `skip` drops it; `overlap: once` (the default) or `twice`.
                """, examples: ["{gap: skip, overlap: twice}"]),
        Field(
            "spread", always: \.spread,
            doc: """
                Where in the period this host starts: `auto` (the default: intervals, macros and cron with a period up to \
                an hour over their period, fixed hours not at all), `off`, `true` (the smaller of the period and 1 h), \
                `period`, or a window.
                """, examples: ["off", "10m"]),
        Field(
            "spread_key", \.spreadKey, doc: "What the offset hangs on in place of the name.",
            examples: ["nightly"]),
    ]

    private static let execution: [Field<ScheduleDefinition>] = [
        Field("run", \.run, doc: "A text for /bin/sh.", examples: ["/opt/ops/rotate --quiet"]),
        Field(
            "argv", \.argv, doc: "A program by its absolute path and its arguments; no shell sees them.",
            examples: ["[/usr/bin/updatedb]"]),
        Field("user", always: \.user, doc: "Who runs it; root by default.", examples: ["www-data"]),
        Field(
            "groups", \.groups, doc: "The supplementary groups; the user's own by default.",
            examples: ["[adm]"]),
        Field("cwd", always: \.cwd, doc: "The working directory; / by default.", examples: ["/srv/app"]),
        Field("umask", always: \.umask, doc: "0022 by default.", examples: ["\"0077\""]),
        Field(
            "env", always: \.env,
            doc:
                "Variables beside the clean environment, `SCHEDULED_FOR` and `RUN_ID`; secrets close the file to others.",
            examples: ["{LANG: C.UTF-8}"]),
        Field(
            "limits", always: \.limits,
            doc: """
                Limits of setrlimit(2), soft and hard: as, core, cpu, data, fsize, memlock, nofile, nproc, rss, stack; a \
                number or `unlimited`.
                """, examples: ["{nofile: 1024}"]),
        Field("nice", always: \.nice, doc: "-20 to 19; 0 by default.", examples: ["10"]),
        Field(
            "io_class", always: \.ioClass, doc: "The I/O scheduling class; none by default.",
            examples: ["idle"]),
        Field(
            "cpu", \.cpu, doc: "The largest share of the processors: 50% is half a core; needs cgroup v2.",
            examples: ["50%"]),
        Field("memory", \.memory, doc: "The most memory; needs cgroup v2.", examples: ["512M"]),
    ]

    private static let policies: [Field<ScheduleDefinition>] = [
        Field(
            "timeout", \.timeout, doc: "When a run is ended with SIGTERM; never by default.",
            examples: ["1h"]),
        Field(
            "kill_after", always: \.killAfter, doc: "From SIGTERM to SIGKILL; 10s by default.",
            examples: ["30s"]),
        Field(
            "overlap", always: \.overlap,
            doc: """
                What happens when a tick comes while a run is going: `skip` (the default), `queue` (one waits), `replace` \
                (the running one is ended), or `{allow: N}` at once.
                """, examples: ["queue", "{allow: 2}"]),
        Field("group", \.group, doc: "Jobs of one group never run at once.", examples: ["database"]),
        Field(
            "catch_up", always: \.catchUp,
            doc: """
                What happens with the ticks that nothing could run: `auto` (the default: `once` for periods of an hour or \
                more, else `skip`), `skip`, `once`, or `{all: N}` for the last N, at most 100.
                """, examples: ["once", "{all: 3}"]),
        Field(
            "retry", always: \.retry,
            doc:
                "Further attempts of a failed run, within the period; each wait is twice the one before. None by default.",
            examples: ["{max: 3, backoff: 10s}"]),
        Field(
            "on_ambiguity", always: \.onAmbiguity,
            doc:
                "What happens with a run of which a crash left unknown whether it started: `skip` (the default) or `rerun`.",
            examples: ["rerun"]),
        Field(
            "keep_output", \.keepOutput,
            doc: """
                Whether what the runs print is kept for `schedule history`; by default it is, unless `env` holds a secret.
                """, examples: ["false"]),
        Field(
            "enabled", always: \.enabled, doc: "false keeps the job without running it.", examples: ["false"]
        ),
    ]
}
