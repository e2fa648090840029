import Model

/// Logins: at the console, and by sshd with its settings for the account.
extension AccessReader {
    /// Something that sshd takes as proof of an account.
    private struct Proof {
        var kind: WayIn.Kind
        var detail: String
        var note = ""
        var isForced = false
        var source: WayIn.Source
    }

    mutating func addLogins(of user: UserEntry, _ holder: KeyHolder) throws(HostFault) {
        let name = user.name.text
        if expiry(of: user) == nil, hasPassword(user) || needsNoPassword(user),
            denials.reason("login", "auth", "account", "session") == nil
        {
            let detail = needsNoPassword(user) ? "no password, at the console" : "password, at the console"
            access.ways.append(
                WayIn(name, .login, .password, detail, reach: .console, from: passwordSource(of: user)))
        }
        guard let sshd else { return }
        let settings = SshdSettings(of: holder, in: sshd)
        if let refusal = refusal(of: user, holder, settings) { return note(refusal, of: user) }
        let from = places(of: holder, settings)
        let takesKey = settings.isOn("pubkeyauthentication", standard: true) && !wantsNewPassword(user, settings)
        let proofs = try takesKey ? self.proofs(of: user, holder, settings) : []
        let takesPassword = takesPassword(user, settings)
        for alternative in Self.alternatives(settings) {
            let wantsKey = alternative.contains("publickey")
            let others = alternative.filter { $0 != "publickey" }
            guard others.allSatisfy({ takesPassword.contains($0) }) else { continue }
            guard wantsKey else {
                let detail = needsNoPassword(user) ? "no password, by ssh" : "password, by ssh"
                add(Proof(kind: .password, detail: detail, source: passwordSource(of: user)), of: user, settings, from)
                continue
            }
            for proof in proofs {
                var proof = proof
                if !others.isEmpty { proof.detail += " and its password" }
                add(proof, of: user, settings, from)
            }
        }
    }

    private mutating func add(_ proof: Proof, of user: UserEntry, _ settings: SshdSettings, _ from: String) {
        if user.uid == 0, !proof.isForced, settings["permitrootlogin"]?.first?.lowercased() == "forced-commands-only" {
            return note("PermitRootLogin is forced-commands-only", of: user)
        }
        let forced = settings["forcecommand"].flatMap { $0.first?.lowercased() == "none" ? nil : $0 }
        let command = forced.map { ", only \($0.joined(separator: " "))" } ?? ""
        let way = WayIn(
            user.name.text, .login, proof.kind, proof.detail + from + command, note: proof.note,
            isFull: !proof.isForced && forced == nil, from: proof.source)
        if !access.ways.contains(where: { $0.account == way.account && $0.detail == way.detail }) {
            access.ways.append(way)
        }
    }

    /// Why sshd refuses an account, whatever it shows.
    private func refusal(of user: UserEntry, _ holder: KeyHolder, _ settings: SshdSettings) -> String? {
        let usesPAM = settings.isOn("usepam", standard: false)
        if usesPAM, let reason = denials.reason("sshd", "account", "session") { return reason }
        if usesPAM ? expiry(of: user) != nil : hasEnded(user) { return "the account has expired" }
        if !usesPAM, isPasswordLocked(user) { return "its password is locked, and sshd does not use PAM" }
        if user.uid == 0, let value = settings.directive("permitrootlogin"),
            value.words.dropFirst().first?.lowercased() == "no"
        {
            return "PermitRootLogin is no (\(value.path):\(value.line))"
        }
        func isUser(_ pattern: String) -> Bool {
            Glob(String(pattern.prefix { $0 != "@" })).matches(holder.name.text)
        }
        func isGroup(_ pattern: String) -> Bool { Wildcards.matchesList(pattern, holder.groups) }
        for (text, place) in settings.patterns("denyusers") where isUser(text) && !text.has("@") {
            return "DenyUsers \(text) (\(place.path):\(place.line))"
        }
        let allowed = settings.patterns("allowusers")
        if let first = allowed.first, !allowed.contains(where: { isUser($0.text) }) {
            return "AllowUsers does not name it (\(first.directive.path):\(first.directive.line))"
        }
        for (text, place) in settings.patterns("denygroups") where isGroup(text) {
            return "DenyGroups \(text) (\(place.path):\(place.line))"
        }
        let groups = settings.patterns("allowgroups")
        if let first = groups.first, !groups.contains(where: { isGroup($0.text) }) {
            return "AllowGroups names none of its groups (\(first.directive.path):\(first.directive.line))"
        }
        return nil
    }

    /// From where AllowUsers lets an account in.
    private func places(of holder: KeyHolder, _ settings: SshdSettings) -> String {
        let own = settings.patterns("allowusers").map(\.text).filter {
            Glob(String($0.prefix { $0 != "@" })).matches(holder.name.text)
        }
        let hosts = own.map { $0.has("@") ? String($0.drop { $0 != "@" }.dropFirst()) : "*" }
        return hosts.isEmpty || hosts.contains("*") ? "" : ", only from \(hosts.joined(separator: " or "))"
    }

    /// The methods by which a password is taken.
    private func takesPassword(_ user: UserEntry, _ settings: SshdSettings) -> Set<String> {
        let root = settings["permitrootlogin"]?.first?.lowercased() ?? "prohibit-password"
        if user.uid == 0, root != "yes" { return [] }
        guard hasPassword(user) || (needsNoPassword(user) && settings.isOn("permitemptypasswords", standard: false))
        else {
            return []
        }
        // Without PAM nobody asks for a new password in a way that ends in a shell.
        if !settings.isOn("usepam", standard: false), hasOldPassword(user) { return [] }
        if settings.isOn("usepam", standard: false), denials.reason("sshd", "auth") != nil { return [] }
        var methods: Set<String> = []
        if settings.isOn("passwordauthentication", standard: true) { methods.insert("password") }
        if settings.isOn("kbdinteractiveauthentication", standard: true), settings.isOn("usepam", standard: false) {
            methods.insert("keyboard-interactive")
        }
        return methods
    }

    /// Whether sshd asks for a new password whatever else was shown: without PAM it does so for an old password once it has
    /// tried any, and it begins with the empty one where that is permitted and no methods are set (auth2-none.c of OpenSSH).
    private mutating func wantsNewPassword(_ user: UserEntry, _ settings: SshdSettings) -> Bool {
        guard !settings.isOn("usepam", standard: false), hasOldPassword(user),
            settings.isOn("permitemptypasswords", standard: false),
            settings.isOn("passwordauthentication", standard: true),
            settings["authenticationmethods"]?.first.map({ $0.lowercased() == "any" }) ?? true
        else { return false }
        note("sshd asks for a new password first: the old one has expired", of: user)
        return true
    }

    /// The sets of methods of which one is enough (AuthenticationMethods).
    private static func alternatives(_ settings: SshdSettings) -> [[String]] {
        let words = settings["authenticationmethods"] ?? ["any"]
        if words.first?.lowercased() == "any" { return [["publickey"], ["password"], ["keyboard-interactive"]] }
        return words.map { word in
            word.lowercased().split(separator: ",").map { method in String(method.prefix { $0 != ":" }) }
        }
    }

    /// The keys and the authorities that sshd takes for an account.
    private mutating func proofs(
        of user: UserEntry, _ holder: KeyHolder, _ settings: SshdSettings
    ) throws(HostFault) -> [Proof] {
        var revoked: Set<String> = []
        if let path = settings.file("revokedkeys").flatMap({ AbsolutePath($0) }) {
            guard try host.status(of: path) != nil else {
                note("\(path) of RevokedKeys is not there: sshd takes no key", of: user)
                return []
            }
            revoked = Set((try host.document(AuthorizedKeys.self, at: path))?.keys.map(\.blob) ?? [])
        }
        var proofs: [Proof] = []
        for path in KeyPlaces(of: holder, by: settings).files {
            do throws(HostFault) {
                guard let document = try host.document(AuthorizedKeys.self, at: path) else { continue }
                if settings.isOn("strictmodes", standard: true), let flaw = try flaw(of: path, for: holder) {
                    note("sshd does not read \(path): \(flaw)", of: user)
                    continue
                }
                for (line, key) in document.numberedKeys where !revoked.contains(key.blob) {
                    if let proof = proof(key, path, line, holder) { proofs.append(proof) }
                }
            } catch {
                note(error.text, of: user)
            }
        }
        return proofs + (try certificates(of: holder, settings))
    }

    private func proof(_ key: PublicKey, _ path: AbsolutePath, _ line: Int, _ holder: KeyHolder) -> Proof? {
        let name = holder.name
        // sshd does not take a key with options that it does not know.
        guard let options = try? KeyOptionList(key.options) else { return nil }
        // OpenSSH takes no DSA since 7.0.
        if key.type.hasPrefix("ssh-dss") || options.hasExpired(on: today) { return nil }
        var detail: String
        if options.has("cert-authority") {
            let principals = options["principals"] ?? name.text
            detail = "certificate of \(key.fingerprint) for \(principals)"
        } else {
            detail = "key \(key.fingerprint)"
        }
        if let from = options["from"] { detail += ", only from \(from)" }
        if let command = options["command"] { detail += ", only \(command)" }
        let objects: [HostObject] = [
            .authorizedKey(name, blob: key.blob), .authorizedKeys(name), .part("line", of: path, key.line),
            .content(path),
            .path(path), .user(name),
        ]
        return Proof(
            kind: options.has("cert-authority") ? .certificate : .key, detail: detail, note: key.comment,
            isForced: options["command"] != nil, source: WayIn.Source(path, line: line, objects: objects))
    }

    /// The authorities of the host, for the names by which a certificate may mean an account.
    private func certificates(of holder: KeyHolder, _ settings: SshdSettings) throws(HostFault) -> [Proof] {
        guard let path = settings.file("trustedusercakeys").flatMap({ AbsolutePath($0) }),
            let document = try host.document(AuthorizedKeys.self, at: path)
        else { return [] }
        var principals = [holder.name.text]
        if let pattern = settings.file("authorizedprincipalsfile") {
            let file = try holder.path(pattern).flatMap { (path) throws(HostFault) in
                try host.document(TextLines.self, at: path)
            }
            principals = (file?.lines ?? []).filter { !$0.isBlankOrComment }
                .compactMap { $0.bodyText.split(separator: " ").last.map(String.init) }
        }
        if principals.isEmpty { return [] }
        return document.numberedKeys.map { line, key in
            Proof(
                kind: .certificate,
                detail: "certificate of \(key.fingerprint) for \(principals.joined(separator: ", "))",
                note: key.comment, source: WayIn.Source(path, line: line, objects: [.content(path), .path(path)]))
        }
    }

    /// What StrictModes objects to (safe_path() of OpenSSH's misc.c): others may write the file or a directory above it.
    private func flaw(of path: AbsolutePath, for holder: KeyHolder) throws(HostFault) -> String? {
        for place in sequence(first: path, next: \.parent) {
            if let status = try host.status(of: place), status.kind != .link {
                if status.owner != 0, status.owner != holder.uid { return "\(place) belongs to another account" }
                let bits = status.permissions.bits
                if bits & 0o002 != 0 || (bits & 0o020 != 0 && !isPrivate(status.group, to: holder)) {
                    return "others may write \(place)"
                }
            }
            if place == holder.home { break }
        }
        return nil
    }
}

extension AccessReader {
    /// Whether a group has one member, the account (user-group-modes.patch of Debian's OpenSSH).
    private func isPrivate(_ gid: UInt32, to holder: KeyHolder) -> Bool {
        let owners = accounts.users.filter { $0.gid == gid }, members = accounts.group(number: gid)?.members ?? []
        guard owners.allSatisfy({ $0.uid == holder.uid }), members.isEmpty || members == [holder.name] else {
            return false
        }
        return !owners.isEmpty || !members.isEmpty
    }
}

extension KeyOptionList {
    /// Whether `expiry-time` is over at the end of a day.
    fileprivate func hasExpired(on today: Int) -> Bool {
        guard let text = list.filter({ $0.name == "expiry-time" }).compactMap({ $0.value?.prefix(8) }).min() else {
            return false
        }
        return text <= CivilDate(daysSinceEpoch: today).description.filter { $0 != "-" }
    }
}

extension PublicKey {
    /// As `ssh-keygen -l` prints it.
    var fingerprint: String {
        let bytes = Base64.bytes(of: blob.utf8) ?? []
        return "SHA256:\(Base64.text(of: Digest(of: bytes).bytes, isPadded: false))"
    }
}
