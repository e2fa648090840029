import Expressions
import Model

/// The functions that need the site or the host.
extension HostScope {
    func call(_ function: String, _ arguments: [Value]) throws -> Value? {
        switch (function, arguments.count) {
        case ("file", 1): try text(arguments[0]).map { try file($0) } ?? .unknown
        case ("sha256", 1): try digest(of: arguments[0])
        case ("secret", 1): try text(arguments[0]).map { try secret($0) } ?? .unknown
        case ("fail", 1):
            if let text = try text(arguments[0]) { throw Diagnostic(text, at: nil) } else { .unknown }
        case ("known_label", 1): try text(arguments[0]).map { try knownLabel($0) } ?? .unknown
        case ("spread", 2): try spread(arguments[0], arguments[1])
        case ("file", _), ("sha256", _), ("secret", _), ("fail", _), ("known_label", _):
            throw Diagnostic("`\(function)` takes one argument", at: nil)
        case ("spread", _): throw Diagnostic("`spread` takes a key and a number", at: nil)
        default: nil
        }
    }

    /// nil: it is not known.
    private func text(_ value: Value) throws -> String? {
        switch value {
        case .string(let text): return text
        case .unknown: return nil
        default: throw Diagnostic("expected a text, found \(value.found)", at: nil)
        }
    }

    private func file(_ path: String) throws -> Value {
        guard case .bytes(let bytes) = try payload(path), let text = String(validating: bytes, as: UTF8.self) else {
            throw Diagnostic(
                "expected a text of at most 8 MiB in `files/\(path)`, found other bytes", at: nil, hint: "use `source`")
        }
        return .string(text)
    }

    private func digest(of value: Value) throws -> Value {
        switch value {
        case .string(let text): .string(Digest(of: text).hexadecimal)
        case .bytes(let bytes): .string(Digest(of: bytes).hexadecimal)
        case .unknown: .unknown
        default: throw Diagnostic("`sha256`: expected a text, found \(value.found)", at: nil)
        }
    }

    private func secret(_ name: String) throws -> Value {
        guard Self.isCleanPath(name) else {
            throw Diagnostic("expected the name of a secret such as `db/password`, found `\(name)`", at: nil)
        }
        let path = "secrets/\(name).age"
        record.askSite(path)
        guard let bytes = try files.bytes(of: path) else {
            throw Diagnostic(
                "expected the secret `\(path)`, found none", at: nil, hint: "`lodestar secret edit \(name)` makes it")
        }
        do throws(SecretFault) {
            let plain = try secrets?.plaintext(of: bytes, named: name)
            hasMetSecret = true
            guard let plain else { return .unknown }
            return String(validating: plain, as: UTF8.self).map { .string($0) } ?? .bytes(plain)
        } catch {
            throw Diagnostic("the secret `\(name)` cannot be read: \(error.reason)", at: nil)
        }
    }

    /// `known_label(name)`: true, or an error where no host and no group of the inventory has the label.
    private func knownLabel(_ name: String) throws -> Value {
        record.askSite("inventory/")
        if labelNames.contains(name) { return .bool(true) }
        throw Diagnostic(
            "expected a label that a host or a group of the inventory has, found `\(name)`", at: nil,
            hint: Spelling.hint(for: name, among: labelNames.sorted()) ?? "the inventory has no labels")
    }

    /// `spread(key, n)`: the host's share of 0 to n - 1.
    private func spread(_ key: Value, _ count: Value) throws -> Value {
        guard let key = try text(key) else { return .unknown }
        guard case .int(let count) = count, count > 0 else {
            throw Diagnostic("`spread`: expected a number above 0, found \(count.found)", at: nil)
        }
        record.ask(.spread(key, count))
        return .int(Spread(hostIdentifier: identity.id, key: key).offset(in: count))
    }

    /// The bytes of `files/PATH`, as a stream where they are many.
    func payload(_ path: String) throws(Diagnostic) -> Node.Content {
        guard Self.isCleanPath(path) else {
            throw Diagnostic(
                "expected a path below files/, found `\(path)`", at: nil, hint: "a relative path without `.` and `..`")
        }
        record.askSite("files/\(path)")
        guard let content = try files.payload("files/\(path)") else {
            record.askSite("files/")
            let near = (try? files.paths(below: "files"))?.map { String($0.dropFirst("files/".count)) } ?? []
            throw Diagnostic(
                "expected the file `files/\(path)`, found none", at: nil, hint: Spelling.hint(for: path, among: near))
        }
        return content
    }

    static func isCleanPath(_ path: String) -> Bool {
        !path.isEmpty && !path.has("\0")
            && path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
                !$0.isEmpty && $0 != "." && $0 != ".."
            }
    }
}
