import Engine
import SystemFiles
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

    /// A host on which sudoers and sshd_config include others, and links lead to all of it.
    private func linkedHost() throws -> LawBench {
        let bench = try LawBench.simulated()
        func perform(_ steps: [Step]) throws { for result in bench.host.perform(steps) { _ = try result.get() } }
        for folder in [
            "/etc/ssh", "/etc/ssh/sshd_config.d", "/etc/sudoers.d", "/etc/pam.d", "/srv/conf.d", "/srv/rules.d",
        ] {
            try perform([
                .makeDirectory(DirectoryCreation(try folder.asPath, attributes: Attributes(), makesParents: true))
            ])
        }
        for (path, text) in [
            ("/etc/sudoers", "@include /srv/more\n@includedir /srv/rules.d\n@includedir /etc/sudoers.d\n"),
            ("/etc/ssh/sshd_config", "Include /srv/conf.d/*.conf /etc/ssh/sshd_config.d/*.conf\n"),
            ("/etc/pam.d/sshd", "auth include /srv/auth\n"), ("/srv/good", "ana ALL=(ALL) ALL\n"),
        ] {
            try perform([
                .writeFile(
                    FileWrite(
                        try path.asPath, content: Content(text), replaced: .anything, validator: .command("true")))
            ])
        }
        for (path, target) in [
            ("/srv/rules", "../etc/sudoers.d"), ("/srv/etc", "/etc"), ("/etc/sudoers.d/linked", "/srv/good"),
        ] {
            try perform([.makeLink(LinkCreation(try path.asPath, target: target, replaced: .nothing))])
        }
        return bench
    }

    /// Links and includes lead to guarded files too.
    @Test(
        arguments: [
            ("/etc/sudoers.d/x", [.sudoers]), ("/srv/rules/x", [.sudoers]), ("/srv/rules/x.y", []),
            ("/srv/etc/sudoers", [.sudoers]), ("/srv/etc/sudoers.d/x", [.sudoers]), ("/srv/good", [.sudoers]),
            ("/srv/more", [.sudoers]), ("/srv/rules.d/x", [.sudoers]), ("/srv/conf.d/x.conf", [.sshd]),
            ("/srv/conf.d/x.off", []), ("/srv/etc/pam.d/x", [.pam]), ("/srv/auth", [.pam]),
            ("/etc/sudoers.d", [.sudoers]), ("/etc", [.sudoers, .sshd, .pam]), ("/srv/x", []), ("/srv/etc", []),
        ] as [(String, Set<Safeguard>)])
    func linksAndIncludesLeadToGuardedFiles(path: String, expected: Set<Safeguard>) throws {
        let host = try linkedHost().host
        #expect(GuardedPlaces(reading: host).safeguards(at: try host.place(of: path.asPath)) == expected)
    }

    /// What a plan does to them by any path is refused where it would be by the usual one, and bears on access.
    @Test(
        arguments: [
            ("file: {/srv/rules/x: {content: ''}}", "must accept it"),
            ("file: {/srv/more: {content: ''}}", "must accept it"),
            ("link: {/srv/first: {target: rules}}\nfile: {/srv/first/x: {content: ''}}", "must accept it"),
            ("line: {x: {path: /srv/etc/sudoers, text: x}}", "must accept it"),
            ("link: {/srv/good: {target: more, replace: true}}", "must accept it"),
            ("file: {/srv/conf.d/x.conf: {content: ''}}", "must accept it"),
            ("file: {/srv/etc/sudoers: {state: absent}}", "who gets in hangs on it"),
            ("link: {/etc/pam.d: {target: /srv/conf.d, replace: true}}", ""),
            ("file: {/srv/good: {mode: '0666'}}", "others than root may write"),
            ("file: {/srv/x: {content: ''}}", nil),
        ] as [(String, String?)])
    func everyWayToThemIsGuarded(manifest: String, reason: String?) throws {
        let bench = try linkedHost()
        _ = bench.host.perform([
            .remove(Removal(try "/usr/sbin/visudo".asPath, kind: .file)),
            .remove(Removal(try "/usr/sbin/sshd".asPath, kind: .file)),
        ])
        let simulation = Simulation(over: bench.host, today: 0)
        let planned = try Planner(
            try LawBench.catalog(manifest), on: simulation, state: bench.store, types: Registry.all
        ).plan().resources
        #expect((planned.last?.action == .refuse) == (reason != nil))
        if let reason {
            #expect(planned.last?.reason?.text.contains(reason) == true, "\(planned.compactMap(\.reason))")
        }
    }

    /// A lockout is seen by whatever path it is written.
    @Test(arguments: [
        "link: {/srv/first: {target: /etc/sudoers.d}}\nfile: {/srv/first/x: {content: \"bob ALL=(ALL) ALL\\n\"}}",
        "file: {/srv/etc/sudoers.d/x: {content: \"bob ALL=(ALL) ALL\\n\"}}",
        "file: {/srv/more: {content: \"bob ALL=(ALL) ALL\\n\"}}",
        "link: {/srv/rules/x: {target: ../../srv/good}}",
    ])
    func whatLinksBringIsSeen(manifest: String) throws {
        let bench = try linkedHost(), simulation = Simulation(over: bench.host, today: 0)
        let plan = try Planner(
            try LawBench.catalog(manifest), on: simulation, state: bench.store, types: Registry.all
        ).plan()
        #expect(plan.count(.refuse) == 0, "\(plan.resources.compactMap(\.reason))")
        var scope = try AccessScope(reading: simulation, before: bench.host)
        let isOfAccess = scope.concerns(plan.resources.flatMap(\.steps))
        #expect(isOfAccess)
        let before = try Sudoers(reading: bench.host).files.count
        #expect(try Sudoers(reading: simulation).files.count == before + 1)
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
