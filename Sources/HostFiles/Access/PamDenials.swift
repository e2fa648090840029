import Model

/// The services of PAM that can let nobody in: pam_deny has to succeed, and nothing before it ends the stack or leaps over it.
struct PamDenials {
    private var denied: [String: AbsolutePath] = [:]

    /// What cannot be read denies nothing here.
    init(reading host: any HostReading) {
        for service in ["sshd", "sudo", "su", "login"] {
            for kind in ["auth", "account", "session"] {
                var isOpen = false
                denied["\(service) \(kind)"] = Self.denial(service, kind, on: host, depth: 0, &isOpen)
            }
        }
    }

    /// Why a service lets nobody in; nil where it may.
    ///
    /// - Parameter kinds: the stacks that are gone through.
    func reason(_ service: String, _ kinds: String...) -> String? {
        kinds.lazy.compactMap { denied["\(service) \($0)"] }.first.map { "\($0) has pam_deny for all" }
    }

    /// The file whose pam_deny cannot be avoided.
    ///
    /// - Parameter isOpen: whether a rule came that may end the stack with success or leap over others.
    private static func denial(
        _ name: String, _ kind: String, on host: any HostReading, depth: Int, _ isOpen: inout Bool
    ) -> AbsolutePath? {
        guard depth < 16, let path = PamService.path(name), let place = try? host.target(of: path),
            (try? host.status(of: place))??.kind == .file,
            let service = (try? host.document(PamService.self, at: place)) ?? nil
        else { return nil }
        for rule in service.rules(of: kind) {
            if isOpen { return nil }
            switch rule {
            case .include(let other):
                if let found = denial(other, kind, on: host, depth: depth + 1, &isOpen) { return found }
            case .module(let module, let control):
                let isNeeded = ["required", "requisite"].contains(control)
                if isNeeded, module == "pam_deny.so" || module.hasSuffix("/pam_deny.so") { return path }
                if !isNeeded, control != "optional" { isOpen = true }
            }
        }
        return nil
    }
}
