import Model

/// The services of PAM that can let nobody in: pam_deny has to succeed, and nothing before it ends the stack or leaps over it.
struct PamDenials {
    private var denied: [String: AbsolutePath] = [:]

    /// What cannot be read denies nothing here.
    init(reading host: any HostReading) {
        for service in ["sshd", "sudo", "su", "login"] {
            for kind in ["auth", "account", "session"] {
                denied["\(service) \(kind)"] = Self.denial(Self.stack(service, kind, on: host, depth: 0))
            }
        }
    }

    /// Why a service lets nobody in; nil where it may.
    ///
    /// - Parameter kinds: the stacks that are gone through.
    func reason(_ service: String, _ kinds: String...) -> String? {
        kinds.lazy.compactMap { denied["\(service) \($0)"] }.first.map { "\($0) has pam_deny for all" }
    }

    /// A rule with the file that it stands in; a substack is one of its own.
    private enum Entry {
        case module(String, control: String, path: AbsolutePath)
        case substack([Entry])
    }

    /// The rules of a service, with those that it includes in their places.
    private static func stack(_ name: String, _ kind: String, on host: any HostReading, depth: Int) -> [Entry] {
        guard depth < 16, let path = PamService.path(name), let place = try? host.target(of: path),
            (try? host.status(of: place))??.kind == .file,
            let service = (try? host.document(PamService.self, at: place)) ?? nil
        else { return [] }
        return service.rules(of: kind).flatMap { rule -> [Entry] in
            switch rule {
            case .include(let other): return stack(other, kind, on: host, depth: depth + 1)
            case .substack(let other): return [.substack(stack(other, kind, on: host, depth: depth + 1))]
            case .module(let module, let control): return [.module(module, control: control, path: path)]
            }
        }
    }

    /// The file whose pam_deny cannot be avoided: nothing before it may end the stack with success or leap over it.
    private static func denial(_ stack: [Entry]) -> AbsolutePath? {
        // The first rule that no leap passes over.
        var landing = 0
        for (index, entry) in stack.enumerated() {
            switch entry {
            case .substack(let inner): if index >= landing, let found = denial(inner) { return found }
            case .module(let module, let control, let path):
                let isNeeded = ["required", "requisite"].contains(control)
                if isNeeded, index >= landing, module == "pam_deny.so" || module.hasSuffix("/pam_deny.so") {
                    return path
                }
                switch leap(of: control) {
                case nil: return nil
                case let count?: landing = max(landing, index + 1 + count)
                }
            }
        }
        return nil
    }

    /// How many rules a control may leap over; nil where it may end the stack with success (pam.conf(5)).
    private static func leap(of control: String) -> Int? {
        if ["required", "requisite", "optional"].contains(control) { return 0 }
        guard control.hasPrefix("[") else { return nil }
        var leap = 0
        for word in control.dropFirst().prefix(while: { $0 != "]" }).split(separator: " ") {
            let sides = word.split(separator: "=")
            guard sides.count == 2 else { return nil }
            if let count = Int(sides[1]) {
                leap = max(leap, count)
            } else if sides[1] == "done", sides[0] == "success" || sides[0] == "default" {
                return nil
            }
        }
        return leap
    }
}
