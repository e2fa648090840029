public import Model

extension AccountDatabase {
    mutating func setUser(_ record: UserRecord, today: Int, _ defaults: AccountDefaults) throws(Refusal) {
        let name = record.name.text
        try checkTexts(of: record)
        try checkGroups(of: record)
        if let present = passwd[name] {
            try change(present, to: record, today: today, defaults)
        } else {
            try checkNoOddLine(name, isThere: passwd.hasLine(name), in: "passwd")
            try create(record, today: today, defaults)
        }
        if let groups = record.groups { setGroups(of: name, to: groups) }
    }

    private mutating func create(_ record: UserRecord, today: Int, _ defaults: AccountDefaults) throws(Refusal) {
        let name = record.name.text
        if let uid = record.uid { try checkFree(uid: uid, for: name) }
        let range = record.isSystem ? defaults.systemUids : defaults.uids
        guard let uid = record.uid ?? passwd.uids.unused(in: range, isSystem: record.isSystem) else {
            throw Refusal("every uid from \(range.lowerBound) to \(range.upperBound) is taken")
        }
        let gid = try primaryGroup(creating: record, uid: uid, defaults)
        if shadow == nil { shadow = ShadowFile(parsing: []) }
        let line = ShadowFile.Row(creating: name, today: today, defaults, isSystem: record.isSystem)
        shadow?.set(line.changed(by: record, today: today))
        passwd.add(
            PasswdFile.Row(
                name: name, password: "x", uid: uid, gid: gid, comment: record.comment ?? "",
                home: record.home?.text ?? defaults.home(of: record.name).text,
                shell: record.shell?.text ?? defaults.shell))
        if !record.isSystem, defaults.uids.contains(uid) {
            subuid?.allocate(for: name, defaults.subuids)
            subgid?.allocate(for: name, defaults.subgids)
        }
    }

    /// The number of the declared group, of a group of the same name, of the one that the host's accounts share, or of a
    /// new private group.
    private mutating func primaryGroup(
        creating record: UserRecord, uid: UInt32, _ defaults: AccountDefaults
    ) throws(Refusal) -> UInt32 {
        if let owner = record.group { return try existingGroup(owner) }
        let name = record.name.text
        if let ready = readyGroup(creating: record.name, defaults) { return try existingGroup(ready) }
        try checkNoOddLine(name, isThere: group.hasLine(name), in: "group")
        // lib/find_new_gid.c: below the range too for accounts of the system.
        let fitting = record.isSystem ? 1...defaults.systemGids.upperBound : defaults.gids
        let isFree = fitting.contains(uid) && group.gids[uid] == nil
        let gid = try isFree ? uid : unusedGid(isSystem: record.isSystem, defaults)
        addGroup(name, gid: gid)
        return gid
    }

    /// The group of the account's name, or the one that the host's accounts share, if it is there; nil where a private
    /// group is to be made.
    public func readyGroup(creating name: AccountName, _ defaults: AccountDefaults) -> Owner? {
        if group.gid(of: name.text) != nil { return .name(name) }
        guard let shared = defaults.sharedGroup, !group.hasLine(name.text), (try? existingGroup(shared)) != nil else {
            return nil
        }
        return shared
    }

    private mutating func change(
        _ present: PasswdFile.Row, to record: UserRecord, today: Int, _ defaults: AccountDefaults
    ) throws(Refusal) {
        var row = present
        if let uid = record.uid, uid != present.uid {
            try checkNotRoot(present, "uid")
            guard record.renumbers else {
                throw Refusal(
                    "account `\(present.name)` has uid \(present.uid), declared is \(uid)",
                    hint: "`renumber: true` changes it and re-owns its files")
            }
            try checkFree(uid: uid, for: present.name)
            row.uid = uid
        }
        if let owner = record.group {
            let gid = try existingGroup(owner)
            if gid != present.gid { try checkNotRoot(present, "primary group") }
            row.gid = gid
        }
        if let home = record.home, home.text != present.home {
            try checkNotRoot(present, "home")
            row.home = home.text
        }
        if let shell = record.shell, shell.text != present.shell {
            try checkNotRoot(present, "shell")
            row.shell = shell.text
        }
        if record.isLocked == true { try checkNotRoot(present, "lock") }
        if let expires = record.expires, expires != .never { try checkNotRoot(present, "expiry") }
        row.comment = record.comment ?? row.comment
        if try changeShadow(of: present, with: record, today: today, defaults) { row.password = "x" }
        passwd.update(row)
    }

    /// Writes what belongs in shadow(5).
    ///
    /// - Returns: whether the account's password stands there now.
    private mutating func changeShadow(
        of present: PasswdFile.Row, with record: UserRecord, today: Int, _ defaults: AccountDefaults
    ) throws(Refusal) -> Bool {
        let isTouched =
            record.password != nil || record.isLocked != nil || record.expires != nil
            || record.minimumAge != nil || record.maximumAge != nil || record.warningAge != nil
        guard isTouched else { return false }
        let name = present.name
        if let old = shadow?[name] {
            shadow?.set(old.changed(by: record, today: today))
        } else {
            try checkNoOddLine(name, isThere: shadow?.hasLine(name) ?? false, in: "shadow")
            let password = present.password == "x" || present.password.isEmpty ? "!" : present.password
            if shadow == nil { shadow = ShadowFile(parsing: []) }
            let old = ShadowFile.Row(creating: name, password: password, today: today, defaults)
            shadow?.set(old.changed(by: record, today: today))
        }
        return true
    }

    private mutating func setGroups(of name: String, to groups: Membership<AccountName>) {
        if groups.isExact {
            let wanted = Set(groups.elements.map(\.text))
            for present in group.members.groups(of: name) where !wanted.contains(present) { leave(name, present) }
        }
        for wanted in groups.elements { join(name, wanted.text) }
    }

    mutating func removeUser(_ name: AccountName, _ defaults: AccountDefaults) throws(Refusal) {
        guard let row = passwd[name.text] else {
            try checkNoOddLine(name.text, isThere: passwd.hasLine(name.text), in: "passwd")
            return
        }
        if row.uid == 0 || row.name == "root" { throw Refusal("root is never removed") }
        passwd.remove(row.name)
        shadow?.remove(row.name)
        for present in group.members.groups(of: row.name) { leave(row.name, present) }
        let isPrivate =
            defaults.sharedGroup == nil && group.gid(of: row.name) == row.gid && passwd.primaryGroups[row.gid] == nil
            && group.members.members(of: row.name).isEmpty
        if isPrivate { dropGroup(row.name) }
        subuid?.remove(row.name)
        subgid?.remove(row.name)
    }
}

extension AccountDatabase {
    private func checkNotRoot(_ row: PasswdFile.Row, _ property: String) throws(Refusal) {
        if row.uid == 0 || row.name == "root" { throw Refusal("the \(property) of root is never changed") }
    }

    private func checkFree(uid: UInt32, for name: String) throws(Refusal) {
        if let holder = passwd.uids[uid], holder != name { throw Refusal("uid \(uid) belongs to `\(holder)`") }
    }

    private func existingGroup(_ owner: Owner) throws(Refusal) -> UInt32 {
        switch owner {
        case .name(let name):
            guard let gid = group.gid(of: name.text) else { throw Refusal("group `\(name)` does not exist") }
            return gid
        case .number(let gid):
            if group.gids[gid] == nil { throw Refusal("group \(gid) does not exist") }
            return gid
        }
    }

    private func checkGroups(of record: UserRecord) throws(Refusal) {
        for name in record.groups?.elements ?? [] where group.gid(of: name.text) == nil {
            throw Refusal("group `\(name)` does not exist")
        }
    }

    /// A `:` or a control character would make another field or another line.
    private func checkTexts(of record: UserRecord) throws(Refusal) {
        let password = record.password.map { String(decoding: $0.bytes, as: UTF8.self) }
        let texts = [
            ("comment", record.comment), ("home", record.home?.text), ("shell", record.shell?.text),
            ("password", password),
        ]
        for (field, text) in texts {
            guard let text else { continue }
            if text.utf8.contains(where: { $0 == UInt8(ascii: ":") || $0 < 0x20 || $0 == 0x7F }) {
                throw Refusal("a \(field) has no `:` and no control characters")
            }
        }
        if let password, password.isEmpty { throw Refusal("an empty password is never set") }
    }
}
