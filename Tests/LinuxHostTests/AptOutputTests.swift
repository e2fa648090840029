@testable import LinuxHost
import Testing

/// What apt prints is read as it means it.
@Suite struct AptOutputTests {
    static let policy = """
        tinyd:
          Installed: 1.0
          Candidate: 2.0
          Package pin: 2.0
          Version table:
             2.0 500
                500 file:/repository ./ Packages
                500 http://deb.debian.org/debian bookworm/main amd64 Packages
         *** 1.0 100
                100 /var/lib/dpkg/status
             0.9 -1
                 -1 file:/repository ./ Packages
        virtual:
          Installed: (none)
          Candidate: (none)
          Version table:
        libc6:i386:
          Installed: (none)
          Candidate: 2.36-9
          Version table:
             2.36-9 500
                500 file:/repository ./ Packages
        """

    @Test func policiesTellWhatSourcesHave() {
        let policies = AptOutput.policies(Self.policy)
        #expect(policies["tinyd"] == AptOutput.Policy(candidate: "2.0", versions: ["2.0", "0.9"]))
        #expect(policies["virtual"] == AptOutput.Policy())
        #expect(policies["libc6:i386"]?.candidate == "2.36-9")
        #expect(policies.count == 3)
    }

    @Test func aTransactionIsKnownByItsSummary() {
        let transaction = AptOutput.transaction(
            """
            Reading package lists...
            The following held packages will be changed:
              kept
            The following packages will be REMOVED:
              one two:i386
              three*
            The following NEW packages will be installed:
              new
            Inst new (1.0 localhost [all])
            ... 40000 bytes left out ...
            Remv four [1.0]
            """)
        #expect(transaction.removed == ["one", "two:i386", "three", "four"])
        #expect(transaction.held == ["kept"])
        #expect(transaction.installed == ["new"])
    }

    @Test(
        arguments: [
            ("E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 1234 (apt-get)", 1234),
            ("dpkg: error: dpkg frontend lock was locked by another process with pid 77\nNote: removing", 77),
            ("E: Unable to lock directory /var/lib/apt/lists/", 0),
            (
                "E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?",
                0
            ),
            ("E: Unable to locate package process", nil), ("", nil),
        ] as [(String, Int32?)])
    func aLockIsToldFromOtherFailures(_ output: String, _ holder: Int32?) {
        #expect(AptOutput.lockHolder(output) == holder)
    }

    @Test func listsAreNamedBySources() {
        let output = """
            'file:/repository/./InRelease' _repository_._InRelease 0\u{20}
            'file:/repository/./Packages.xz' _repository_._Packages 0\u{20}
            'file:/repository/./en.xz' _repository_._en 0\u{20}
            """
        #expect(AptOutput.lists(output) == ["_repository_._Packages"])
    }

    @Test func aComplaintIsWhatMatters() {
        let output = """
            Setting up tinyd (1.0) ...
            E: Can not write log (Is /dev/pts mounted?) - posix_openpt (19: No such device)
            E: Sub-process /usr/bin/dpkg returned an error code (1)
            """
        #expect(AptOutput.complaint(output) == "E: Sub-process /usr/bin/dpkg returned an error code (1)")
    }

    @Test func providersAreThoseOfTheReverse() {
        let output =
            "Package: v\nVersions: \n\nReverse Depends: \n  cron,v\nProvides: \nReverse Provides: \nexim4 1.0 (= )\nnullmailer 2 (= )\n"
        #expect(AptOutput.providers(output) == ["exim4", "nullmailer"])
    }
}
