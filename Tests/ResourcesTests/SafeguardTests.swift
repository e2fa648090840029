import Engine
import HostFiles
import Model
import Resources
import SimulatedHost
import Testing

/// Files that let nobody in where they are wrong. The judges are visudo and sshd (`Tests/Tools/safeguard-judge.sh`).
@Suite struct SafeguardTests {
    @Test(
        arguments: [
            ("/etc/sudoers", .sudoers), ("/etc/sudoers.d/x", .sudoers), ("/etc/sudoers.d/x.y", nil),
            ("/etc/sudoers.d/x~", nil), ("/etc/sudoers.d/a/b", nil), ("/etc/ssh/sshd_config", .sshd),
            ("/etc/ssh/sshd_config.d/a.conf", .sshd), ("/etc/ssh/ssh_config", nil), ("/etc/pam.d/sshd", .pam),
            ("/etc/pam.d/.x", nil), ("/srv/etc/sudoers", nil),
        ] as [(String, Safeguard?)])
    func pathsAreGuarded(path: String, expected: Safeguard?) throws {
        #expect(Safeguard(of: try path.asPath) == expected)
    }

    private func outcome(_ manifest: String, visudo: Bool) throws -> [PlannedResource] {
        let bench = try LawBench.simulated()
        if !visudo {
            _ = bench.host.perform([
                .writeFile(
                    FileWrite(try "/etc/sudoers".asPath, content: Content("root ALL=ALL\n"), replaced: .anything)),
                .remove(Removal(try "/usr/sbin/visudo".asPath, kind: .file)),
                .remove(Removal(try "/usr/sbin/sshd".asPath, kind: .file)),
            ])
        }
        return try bench.plan(try LawBench.catalog(manifest)).resources
    }

    @Test(arguments: [
        "file: {/etc/sudoers.d/x: {content: ''}}", "link: {/etc/sudoers.d/x: {target: /made}}",
        "line: {x: {path: /etc/sudoers, text: 'ana ALL=ALL'}}",
        "block: {x: {path: /etc/sudoers, text: \"ana ALL=ALL\\n\"}}",
        "file: {/etc/ssh/sshd_config: {content: ''}}",
    ])
    func withoutItsProgramNothingIsWritten(manifest: String) throws {
        let planned = try outcome(manifest, visudo: false)
        #expect(planned.map(\.action) == [.refuse])
        #expect(planned.first?.reason?.text.contains("must accept it; the package") == true)
    }

    /// The package is installed first where it is declared, and the file counts as possible then.
    @Test func aPackageMayBringTheProgram() throws {
        let planned = try outcome(
            "file: {/etc/sudoers.d/x: {content: ''}}\npackage: {sudo: {}}\n", visudo: false)
        #expect(planned.map(\.address.description) == ["package:sudo", "file:/etc/sudoers.d/x"])
        #expect(planned.last?.action == .unknown)
    }

    @Test(arguments: ["/etc/sudoers", "/etc/ssh/sshd_config"])
    func mainFilesStay(path: String) throws {
        let bench = try LawBench.simulated()
        _ = bench.host.perform([
            .writeFile(
                FileWrite(try path.asPath, content: Content("x"), replaced: .nothing, validator: .command("true")))
        ])
        let planned = try bench.plan(try LawBench.catalog("file: {\(path): {state: absent}}")).resources
        #expect(planned.map(\.action) == [.refuse])
    }

    @Test(arguments: ["content: x", "initial: x"])
    func aFileOfPAMNeedsAValidator(content: String) throws {
        #expect(throws: LawBench.Problem.self) { try LawBench.catalog("file: {/etc/pam.d/x: {\(content)}}") }
        _ = try LawBench.catalog("file: {/etc/pam.d/x: {\(content), validate: 'grep -q x %'}}")
        _ = try LawBench.catalog("file: {/etc/pam.d/x: {mode: '0644'}}")
    }

    @Test(
        arguments: [
            ("auth required pam_x.so\n", nil), ("# a\n\n-session optional pam_gone.so\n", nil),
            ("@include other\n", nil),
            ("auth [success=1 default=ignore] pam_x.so nullok \\\n  minlen=3 # b\n", nil),
            ("Account Required pam_x.so\n", nil),
            ("auth include other\nauth substack none\n", "line 2: there is no /etc/pam.d/none"),
            ("@include none\n", "line 1: expected the name of a file in /etc/pam.d after @include"),
            ("aut required pam_x.so\n", "line 1: expected auth, account, password, session or @include, found `aut`"),
            ("auth require pam_x.so\n", "line 1: expected a control such as required and a module"),
            ("auth required\n", "line 1: expected a control such as required and a module"),
            ("# a\nauth required \\\n pam_y.so\n", "line 2: there is no module pam_y.so"),
        ] as [(String, String?)])
    func theFormOfAServiceIsRead(text: String, problem: String?) throws {
        let host = Simulation(over: EmptyHost(), today: 0)
        for path in ["/etc", "/etc/pam.d", "/lib", "/lib/x-linux-gnu", "/lib/x-linux-gnu/security"] {
            _ = host.perform([.makeDirectory(DirectoryCreation(try path.asPath, attributes: Attributes()))])
        }
        for path in ["/lib/x-linux-gnu/security/pam_x.so", "/etc/pam.d/other"] {
            for result in host.perform([
                .writeFile(FileWrite(try path.asPath, content: Content(""), replaced: .nothing))
            ]) {
                _ = try result.get()
            }
        }
        #expect(try PamService(parsing: Array(text.utf8)).problem(on: host) == problem)
    }
}
