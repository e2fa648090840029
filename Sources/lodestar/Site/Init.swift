import ArgumentParser
import Model
import SystemCalls

/// `lodestar init [DIR]`: a small working site.
struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes a small working site to start from.",
        discussion: "Example: lodestar init mysite && lodestar plan mysite --root /srv/sandbox")

    @Argument(help: "Where to make it.")
    var directory = "."

    private static let files = [
        "site.yaml": """
        site: first
        layers: [data/common.yaml]

        """,
        "data/common.yaml": """
        owner: you

        """,
        "manifests/base.yaml": """
        # What every host must look like. `lodestar explain file` says what a file takes.
        vars:
          greeting: "Managed by Lodestar for ${{ data.owner }}."

        file:
          /etc/motd: {content: "${{ vars.greeting }}\\n", mode: "0644"}

        directory:
          /srv/first: {mode: "0755"}

        """,
    ]

    /// A site that begins with the standard roles.
    private static let baseline = [
        "site.yaml": """
        site: first
        layers: [data/common.yaml]

        """,
        "data/common.yaml": """
        # Who there is. Somebody who leaves gets `left: DATE`, and goes to `former` when the account is gone.
        people: {}
        #  ana: {uid: 3100, team: ops, keys: ["ssh-ed25519 ..."], comment: Ana}
        teams:
          # Whoever has a key and no password needs `passwordless` for sudo.
          ops: {gid: 3000, admin: true, passwordless: true}
        former: {}
        timezone: Etc/UTC

        """,
        "manifests/base.yaml": """
        # What every host gets. `lodestar explain std/baseline` says what there is to choose; so with the other roles.
        role:
          std/baseline:
            with: {timezone: "${{ data.timezone }}", motd: "Managed by Lodestar."}
          std/accounts:
            with: {people: "${{ data.people }}", teams: "${{ data.teams }}", former: "${{ data.former }}"}
          std/ssh: {}
          std/node_exporter: {}
          std/checks: {}
          std/agent:
            with: {source: /srv/site, mode: report}

        """,
    ]

    @Flag(help: "Begin with the standard roles: what every host should have, people, the agent.")
    var baseline = false

    func run() throws {
        let files = baseline ? Self.baseline : Self.files
        try Terminal.reportingFaults {
            for name in files.keys.sorted() where LocalFiles.exists("\(directory)/\(name)") {
                Terminal.report("error: expected an empty place, found \(directory)/\(name)")
                throw ExitStatus.failure
            }
            for (name, text) in files.sorted(by: { $0.key < $1.key }) {
                let path = "\(directory)/\(name)"
                try LocalFiles.makeDirectory(String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)))
                try LocalFiles.write(Array(text.utf8), to: path, mode: 0o644)
                Terminal.print("made \(path)")
            }
            Terminal.print("next: lodestar plan \(directory)")
        }
    }
}
