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

    func run() throws {
        try Terminal.reportingFaults {
            for name in Self.files.keys.sorted() where LocalFiles.exists("\(directory)/\(name)") {
                Terminal.report("error: expected an empty place, found \(directory)/\(name)")
                throw ExitStatus.failure
            }
            for (name, text) in Self.files.sorted(by: { $0.key < $1.key }) {
                let path = "\(directory)/\(name)"
                try LocalFiles.makeDirectory(String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)))
                try LocalFiles.write(Array(text.utf8), to: path, mode: 0o644)
                Terminal.print("made \(path)")
            }
            Terminal.print("next: lodestar plan \(directory)")
        }
    }
}
