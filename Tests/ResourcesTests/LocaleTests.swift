import Engine
import Foundation
import SystemFiles
import Model
import Testing

/// The locale: names, the file of LANG, locales that have to be made.
@Suite struct LocaleTests {
    private static let german = "locale: {this: {lang: de_DE.UTF-8}}", list = "/etc/locale.gen"
    private static let supported = (
        "/usr/share/i18n/SUPPORTED", "de_DE.UTF-8 UTF-8\nde_DE ISO-8859-1\nde_DE@euro ISO-8859-15\n"
    )

    @Test(arguments: [
        "this: {}", "other: {lang: C}", "this: {lang: \"\"}", "this: {lang: \"de DE\"}", "this: {lang: \"C\\n\"}",
        "this: {lang: \"C;reboot\"}", "this: {lang: /usr/lib}", "this: {lang: .C}", "this: {lang: [C]}",
        "this: {lang: C, charset: UTF-8}", "this: {lang: \"de_DE.UTF-8 UTF-8\"}",
        "this: {lang: \"\(String(repeating: "a", count: 65))\"}",
    ])
    func badTextsAreRefused(text: String) {
        #expect(throws: LawBench.Problem.self) { try LawBench.catalog("locale:\n  \(text)\n") }
    }

    @Test(arguments: [
        ("de_DE.UTF-8", "de_DE.utf8"), ("de_DE.utf8", "de_DE.utf8"), ("C.UTF-8", "C.utf8"), ("POSIX", "POSIX"),
        ("de_DE@euro", "de_DE@euro"), ("de_DE.ISO-8859-15@euro", "de_DE.iso885915@euro"),
        ("ja_JP.eucJP", "ja_JP.eucjp"),
        ("hy_AM.8859-1", "hy_AM.iso88591"),
    ])
    func aNameIsListedAsTheCLibraryDoes(name: String, listed: String) { #expect(LocaleName(name)?.listed == listed) }

    @Test(arguments: [
        ("de_DE.UTF-8 UTF-8", ["de_DE.utf8"]), ("de_DE ISO-8859-1", ["de_DE", "de_DE.iso88591"]),
        ("de_DE@euro ISO-8859-15", ["de_DE.iso885915@euro", "de_DE@euro"]), ("# de_DE.UTF-8 UTF-8", []), ("", []),
        ("de_DE.UTF-8", []),
    ])
    func aLineMakesTheLocalesOfItsNames(line: String, names: [String]) {
        #expect(LocaleName.names(madeBy: line) == names)
    }

    @Test func aMissingLocaleIsMadeFirst() throws {
        let bench = try LawBench.simulated(with: [
            Self.supported, (Self.list, "# ours\n# de_DE.UTF-8 UTF-8\n# de_DE ISO-8859-1"),
        ])
        let plan = try bench.converge(Self.german)
        #expect(plan.resources.first?.steps.count == 3)
        #expect(try bench.text(Self.list) == "# ours\nde_DE.UTF-8 UTF-8\n# de_DE ISO-8859-1")
        #expect(try bench.text("/etc/locale.conf") == "LANG=de_DE.UTF-8\n")
    }

    /// A name that is set without its locale is a difference in each run (Salt 24433).
    @Test func aNameWithoutItsLocaleIsADifference() throws {
        let bench = try LawBench.simulated(with: [("/etc/locale.conf", "LANG=de_DE.utf8\n")])
        #expect(try bench.plan(manifest: Self.german).count(.refuse) == 1)
        try bench.put(Self.supported.1, at: Self.supported.0)
        #expect(try bench.converge(Self.german).count(.change) == 1)
        // What is written in another spelling stays.
        #expect(try bench.text("/etc/locale.conf") == "LANG=de_DE.utf8\n")
    }

    @Test(arguments: [
        ("LANG=C\n", "LANG=C.UTF-8\n"), ("A=b\nLANG=\"POSIX\"\nB=c", "A=b\nLANG=C.UTF-8\nB=c"),
        ("LANG=C.UTF-8\nLANG=C\n", "LANG=C.UTF-8\nLANG=C.UTF-8\n"),
        ("#LANG=C.UTF-8\n", "#LANG=C.UTF-8\nLANG=C.UTF-8\n"), ("LANGUAGE=de\n", "LANGUAGE=de\nLANG=C.UTF-8\n"),
        ("LANG=\n", "LANG=C.UTF-8\n"), ("LANG='C.UTF-8'\n", nil), ("  LANG=\"C.utf8\" \n", nil),
        ("export LANG=C.UTF-8\n", nil),
    ])
    func onlyTheLastLANGCounts(text: String, after: String?) throws {
        let bench = try LawBench.simulated(with: [("/etc/default/locale", text)])
        #expect(try bench.converge("locale: {this: {lang: C.UTF-8}}").hasChanges == (after != nil))
        #expect(try bench.text("/etc/default/locale") == after ?? text)
        #expect(try bench.text("/etc/locale.conf") == nil)
    }

    @Test(arguments: [(true, "/etc/default/locale"), (false, "/etc/locale.conf")])
    func whereNothingIsTheHostTellsWhichFile(isDebian: Bool, path: String) throws {
        let bench = try LawBench.simulated(
            with: isDebian ? [("/etc/debian_version", "12.0\n"), ("/etc/default/x", "")] : [])
        try bench.converge("locale: {this: {lang: C.UTF-8}}")
        #expect(try bench.text(path) == "LANG=C.UTF-8\n")
    }

    @Test func bothFilesFollowAndALinkStays() throws {
        let bench = try LawBench.simulated(with: [
            ("/etc/default/locale", "LANG=C\n"), ("/etc/locale.conf", "LANG=C\n"),
        ])
        try bench.converge("locale: {this: {lang: C.UTF-8}}")
        #expect(
            try bench.text("/etc/default/locale") == "LANG=C.UTF-8\n"
                && bench.text("/etc/locale.conf") == "LANG=C.UTF-8\n")
        let other = try LawBench.simulated(with: [("/etc/debian_version", "13.0\n")])
        try other.link("/etc/default/locale", to: "../locale.conf")
        try other.converge("locale: {this: {lang: C.UTF-8}}")
        #expect(try other.text("/etc/locale.conf") == "LANG=C.UTF-8\n")
        #expect(try other.host.status(of: "/etc/default/locale".asPath)?.kind == .link)
        let foreign = try LawBench.simulated()
        try foreign.link("/etc/locale.conf", to: "/srv/locale.conf")
        #expect(try foreign.plan(manifest: "locale: {this: {lang: C.UTF-8}}").count(.refuse) == 1)
    }

    @Test func whatOverridesLANGIsARemark() throws {
        let bench = try LawBench.simulated(with: [("/etc/locale.conf", "LC_ALL=\"de_DE\"\n")])
        let plan = try bench.plan(manifest: "locale: {this: {lang: C.UTF-8}}")
        #expect(plan.remarks.map(\.text).contains { $0.contains("sets LC_ALL") })
    }

    @Test func undeclaringReleasesAndAbsentTakesOnlyLANG() throws {
        let bench = try LawBench.simulated(with: [("/etc/locale.conf", "# ours\nLC_TIME=C\n")])
        try bench.converge("locale: {this: {lang: C.UTF-8}}")
        #expect(try bench.converge("file: {/etc/marker: {content: x}}").count(.release) == 1)
        #expect(try bench.text("/etc/locale.conf") == "# ours\nLC_TIME=C\nLANG=C.UTF-8\n")
        try bench.converge("locale: {this: {lang: C.UTF-8, state: absent}}")
        #expect(try bench.text("/etc/locale.conf") == "# ours\nLC_TIME=C\n")
    }
}
