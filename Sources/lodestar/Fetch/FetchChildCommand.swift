import ArgumentParser
import Fetching
import HTTPFetch

/// `lodestar fetch-child`: the process in which something is fetched from the web.
struct FetchChildCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: Fetch.word, abstract: "Fetches what standard input asks for.", shouldDisplay: false)

    func run() { FetchProcess.run() }
}
