import Model

/// What sudo lets one account do as root.
struct SudoGrants {
    /// A command, or all of them.
    struct Grant {
        /// `ALL`, or the command as the rule has it.
        var command: String
        var needsPassword: Bool
        var rule: SudoPolicy.Rule
        /// Whether the rule is for everybody.
        var isForAll: Bool

        /// Whether all that root may do comes with it.
        var isFull: Bool { command == "ALL" || SudoGrants.opensShell(command) }
    }

    /// In the order of the rules; of two for one command the last one.
    private(set) var grants: [Grant] = []
    /// Commands that are taken out of `ALL`.
    private(set) var exclusions: [String] = []
    /// Whose password sudo asks for, and whose account has to be valid; nil: the account's own (get_authpw() of sudo).
    private(set) var guarantor: String?

    private let policy: SudoPolicy
    private let holder: KeyHolder
    private let groupNumbers: [UInt32]
    private let hostName: String

    /// - Parameter hostName: the host's own name.
    init(_ policy: SudoPolicy, for holder: KeyHolder, groupNumbers: [UInt32], hostName: String) {
        self.policy = policy
        self.holder = holder
        self.groupNumbers = groupNumbers
        self.hostName = hostName
        var authenticates = true, isExempt = false, identity = "root", guarantors: Set<String> = []
        for setting in policy.settings where setting.users.map({ matches($0, .user, isAccount) == true }) ?? true {
            switch setting.name {
            case "authenticate": authenticates = setting.isOn
            case "rootpw", "targetpw", "runaspw":
                if setting.isOn { guarantors.insert(setting.name) } else { guarantors.remove(setting.name) }
            case "runas_default": identity = setting.value ?? identity
            case "exempt_group":
                if let group = setting.value, holder.groups.contains(group) { isExempt = true }
            default: break
            }
        }
        if !guarantors.isEmpty {
            guarantor = guarantors.contains("runaspw") && !guarantors.contains("rootpw") ? identity : "root"
        }
        for rule in policy.rules {
            guard matches(rule.users, .user, isAccount) == true, matches(rule.hosts, .host, isHost) == true else {
                continue
            }
            if let runAs = rule.runAs {
                guard matches(runAs, .runAs, Self.isRoot) == true else { continue }
            } else if identity != "root" {
                continue
            }
            let isForAll = !rule.users.contains { $0.text != "ALL" }
            add(rule.command, rule, needsPassword: !isExempt && rule.needsPassword ?? authenticates, isForAll: isForAll)
        }
    }

    private mutating func add(
        _ item: SudoPolicy.Item, _ rule: SudoPolicy.Rule, needsPassword: Bool, isForAll: Bool, depth: Int = 0
    ) {
        if depth < 16, let members = policy.items(.command, named: item.text) {
            for member in members {
                var member = member
                if item.isNegated { member.isNegated.toggle() }
                add(member, rule, needsPassword: needsPassword, isForAll: isForAll, depth: depth + 1)
            }
            return
        }
        let isAll = item.text == "ALL"
        grants.removeAll { isAll || $0.command == item.text }
        exclusions.removeAll { isAll || $0 == item.text }
        if !item.isNegated {
            grants.append(
                Grant(command: item.text, needsPassword: needsPassword, rule: rule, isForAll: isForAll))
        } else if grants.contains(where: { $0.command == "ALL" }) {
            exclusions.append(item.text)
        }
    }

    /// What a list says: the last word that matches; nil where none does.
    private func matches(
        _ items: [SudoPolicy.Item], _ kind: SudoPolicy.Alias, _ isMeant: (SudoPolicy.Item) -> Bool, depth: Int = 0
    ) -> Bool? {
        for item in items.reversed() {
            if item.text == "ALL" { return !item.isNegated }
            if depth < 16, let members = policy.items(kind, named: item.text) {
                if let result = matches(members, kind, isMeant, depth: depth + 1) { return result != item.isNegated }
            } else if isMeant(item) {
                return !item.isNegated
            }
        }
        return nil
    }

    private func isAccount(_ item: SudoPolicy.Item) -> Bool {
        let word = item.unquoted
        if let number = Self.number(word) { return number == holder.uid }
        guard word.first == "%" else { return word == holder.name.text }
        let group = String(word.dropFirst())
        return Self.number(group).map(groupNumbers.contains) ?? holder.groups.contains(group)
    }

    private static func number(_ word: String) -> UInt32? { word.first == "#" ? UInt32(word.dropFirst()) : nil }

    /// By its name; addresses and netgroups are not resolved.
    private func isHost(_ item: SudoPolicy.Item) -> Bool {
        let pattern = item.unquoted.lowercased(), name = hostName.lowercased()
        return Glob(pattern).matches(pattern.has(".") ? name : String(name.prefix { $0 != "." }))
    }

    private static func isRoot(_ item: SudoPolicy.Item) -> Bool {
        ["root", "#0", "%root", "%#0"].contains(item.unquoted)
    }

    /// Whether a command is a shell, or su to root: everything comes with it.
    private static func opensShell(_ command: String) -> Bool {
        let words = command.split(separator: " ").map(String.init)
        guard let program = words.first?.split(separator: "/").last else { return false }
        if words[0].hasSuffix("/") || program == "*" {
            return words.count == 1 && words[0].hasSuffix("bin/*") || words[0].hasSuffix("bin/")
        }
        if words.count > 1, program == "su" {
            return words.dropFirst().allSatisfy { ["-", "-l", "root"].contains($0) }
        }
        return words.count == 1 && ["sh", "bash", "dash", "zsh", "ksh", "fish", "su"].contains(program)
    }
}
