import SystemFiles
public import Model

extension Hostname: Importable {
    public static func addImports(from host: some HostReading, to findings: inout Findings<Hostname>) throws {
        var hostname = Hostname()
        guard let name = try hostname.observe(on: host)?.file.word else { return }
        hostname.name = name
        findings.add(hostname)
    }
}

extension Timezone: Importable {
    /// Where somebody chose one: a new system has UTC.
    public static func addImports(from host: some HostReading, to findings: inout Findings<Timezone>) throws {
        var timezone = Timezone()
        guard let observed = try timezone.observe(on: host), let zone = observed.zone, zone != "Etc/UTC" else { return }
        guard observed.kind == .link, !zone.contains(" ") else { return findings.omit("the time zone: it is \(zone)") }
        timezone.zone = zone
        findings.add(timezone)
    }
}

extension Locale: Importable {
    public static func addImports(from host: some HostReading, to findings: inout Findings<Locale>) throws {
        var locale = Locale()
        guard let text = try locale.observe(on: host)?.langs.lazy.compactMap({ $0 }).first else { return }
        locale.lang = try LocaleName(decoding: Node(.string(text), at: .nowhere))
        findings.add(locale)
    }
}
