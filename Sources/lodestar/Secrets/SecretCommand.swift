import ArgumentParser
import Model
import OperatorFiles
import Secrets
import SystemCalls

/// `lodestar secret`: the site's encrypted values.
struct SecretCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "secret", abstract: "Writes the encrypted values of a site.",
        subcommands: [SecretEdit.self, SecretRekey.self])
}

/// Whose keys a site's secrets are encrypted for: `secrets/recipients.txt`, one `age1...` on a line.
enum Recipients {
    static func read(_ site: String) throws -> [AgeRecipient] {
        let path = "\(site)/secrets/recipients.txt"
        guard let bytes = try LocalFiles.contents(of: path, limit: 1 << 20) else {
            Terminal.report("\(path): error: expected the recipients of this site's secrets, found none")
            Terminal.report("  hint: write one age1... key on a line; `age-keygen` makes a pair")
            throw ExitStatus.notFound
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        let recipients = try lines.enumerated().compactMap { index, line -> AgeRecipient? in
            if line.hasPrefix("#") || line.allSatisfy(\.isWhitespace) { return nil }
            guard let recipient = AgeRecipient(String(line)) else {
                Terminal.report("\(path):\(index + 1):1: error: expected a key such as age1..., found something else")
                throw ExitStatus.refused
            }
            return recipient
        }
        if recipients.isEmpty {
            Terminal.report("\(path): error: expected at least one key, found none")
            throw ExitStatus.refused
        }
        return recipients
    }

    static func identities(_ path: String?) throws -> [AgeIdentity] {
        let file = path ?? "/\(OwnPaths.identity)"
        guard let bytes = try LocalFiles.contents(of: file, limit: 1 << 20) else {
            Terminal.report("\(file): error: expected an age identity, found none")
            throw ExitStatus.notFound
        }
        return AgeIdentity.list(in: bytes)
    }
}

/// `lodestar secret edit NAME`: replaces one value by what the operator's editor or standard input says.
struct SecretEdit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit", abstract: "Encrypts a value for the site's recipients.",
        discussion: """
            On a terminal it opens the present value, or an empty one, in $VISUAL, $EDITOR or vi. Otherwise the value is \
            what standard input says.
            Examples: lodestar secret edit db/password mysite
                      printf %s "$PASSWORD" | lodestar secret edit db/password mysite
            """)

    @Argument(help: "The secret's name: db/password is secrets/db/password.age.")
    var name: String

    @OptionGroup var site: SiteArgument

    @Option(help: ArgumentHelp("The age identity that reads the present value.", valueName: "file"))
    var identity: String?

    func run() throws {
        try Terminal.reportingFaults {
            let isClean =
                !name.isEmpty
                && name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
                    !part.isEmpty && part != "." && part != ".."
                }
            guard isClean else {
                Terminal.report("error: expected a name such as db/password, found `\(name)`")
                throw ExitCode(64)
            }
            let site = try site.directory(), recipients = try Recipients.read(site)
            let path = "\(site)/secrets/\(name).age"
            do {
                let value =
                    try ThisProcess.isTerminal(0) ? edited(path) : LocalFiles.contents(of: "/dev/stdin", limit: 1 << 20)
                guard let value else { return Terminal.report("\(path): unchanged") }
                let file = try AgeFile.encrypted(value, for: recipients)
                try LocalFiles.makeDirectory(String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)))
                try LocalFiles.write(file, to: path, mode: 0o644)
            } catch let fault as SecretFault {
                Terminal.report("\(path): error: \(fault.reason)")
                throw ExitStatus.failure
            }
            Terminal.print("wrote \(path) for \(recipients.count) recipients")
        }
    }
}

extension SecretEdit {
    /// The value as the operator's editor leaves it; nil where it is what it was.
    private func edited(_ path: String) throws -> [UInt8]? {
        var present: [UInt8] = []
        if let file = try LocalFiles.contents(of: path, limit: 8 << 20) {
            present = try AgeFile.decrypted(file, with: try Recipients.identities(identity))
        }
        let editor = ThisProcess.environment("VISUAL") ?? ThisProcess.environment("EDITOR") ?? "vi"
        let value = try TextEditor.edited(present, by: editor, name: String(name.split(separator: "/").last ?? "value"))
        return value == present ? nil : value
    }
}

/// `lodestar secret rekey`: encrypts every value again.
struct SecretRekey: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rekey", abstract: "Encrypts every value again, for the recipients as they are now.",
        discussion: "Example: lodestar secret rekey mysite --identity ~/.config/age/key.txt")

    @OptionGroup var site: SiteArgument

    @Option(help: ArgumentHelp("The age identity that reads the present values.", valueName: "file"))
    var identity: String?

    func run() throws {
        try Terminal.reportingFaults {
            let directory = try site.directory(), recipients = try Recipients.read(directory)
            let identities = try Recipients.identities(identity), source = site.source
            let reader = try Session.reportingFaults(of: source) { () throws(SourceFault) in try source.opened().reader
            }
            var files: [(path: String, bytes: [UInt8])] = []
            do {
                for path in try reader.paths(below: "secrets") where path.hasSuffix(".age") {
                    guard let old = try reader.contents(of: path) else { continue }
                    files.append(
                        (path, try AgeFile.encrypted(try AgeFile.decrypted(old, with: identities), for: recipients)))
                }
            } catch let fault as SecretFault {
                Terminal.report("error: \(fault.reason)")
                throw ExitStatus.failure
            } catch let fault as SiteFault {
                Terminal.report("\(fault.path): error: \(fault.reason)")
                throw ExitStatus.failure
            }
            // All are readable: only now the first is replaced.
            for file in files { try LocalFiles.write(file.bytes, to: "\(directory)/\(file.path)", mode: 0o644) }
            Terminal.print("encrypted \(files.count) secrets for \(recipients.count) recipients")
        }
    }
}
