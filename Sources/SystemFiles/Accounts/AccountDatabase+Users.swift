public import Model

extension AccountDatabase {
    mutating func setUser(_ record: UserRecord, _ context: EditContext) throws(Refusal) {
        let name = record.name.text
        try checkTexts(of: record)
        try checkGroups(of: record, context.foreign)
        if let present = passwd[name] {
            try change(present, to: record, context)
        } else {
            try checkNoOddLine(name, isThere: passwd.hasLine(name), in: "passwd")
            try context.foreign.checkNew(name, in: .passwd)
            try create(record, context)
        }
        if let groups = record.groups { setGroups(of: name, to: groups) }
    }

    private mutating func create(_ record: UserRecord, _ context: EditContext) throws(Refusal) {
        let name = record.name.text, defaults = context.defaults
        if let uid = record.uid { try checkFree(uid: uid, for: name, context.foreign) }
        let range = record.isSystem ? defaults.systemUids : defaults.uids
        let isTaken = context.foreign.numberTest(in: .passwd)
        guard let uid = record.uid ?? passwd.uids.unused(in: range, isSystem: record.isSystem, avoiding: isTaken) else {
            throw Refusal("every uid from \(range.lowerBound) to \(range.upperBound) is taken")
        }
        let gid = try primaryGroup(creating: record, uid: uid, context)
        if shadow == nil { shadow = ShadowFile(parsing: []) }
        let line = ShadowFile.Row(creating: name, today: context.today, defaults, isSystem: record.isSystem)
        shadow?.set(line.changed(by: record, today: context.today))
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
        creating record: UserRecord, uid: UInt32, _ context: EditContext
    ) throws(Refusal) -> UInt32 {
        let name = record.name.text, defaults = context.defaults
        if let owner = record.group { return try existingGroup(owner, context.foreign) }
        if let ready = readyGroup(creating: record.name, defaults) { return try existingGroup(ready) }
        try checkNoOddLine(name, isThere: group.hasLine(name), in: "group")
        try context.foreign.checkNew(name, in: .group)
        // lib/find_new_gid.c: below the range too for accounts of the system.
        let fitting = record.isSystem ? 1...defaults.systemGids.upperBound : defaults.gids
        let isFree =
            fitting.contains(uid) && group.gids[uid] == nil && !context.foreign.has(String(uid), in: .group)
        let gid = try isFree ? uid : unusedGid(isSystem: record.isSystem, defaults, context.foreign)
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
        _ present: PasswdFile.Row, to record: UserRecord, _ context: EditContext
    ) throws(Refusal) {
        var row = present
        if let uid = record.uid, uid != present.uid {
            try checkNotRoot(present, "uid")
            guard record.renumbers else {
                throw Refusal(
                    "account `\(present.name)` has uid \(present.uid), declared is \(uid)",
                    hint: "`renumber: true` changes it and re-owns its files")
            }
            try checkFree(uid: uid, for: present.name, context.foreign)
            row.uid = uid
        }
        if let owner = record.group {
            let gid = try existingGroup(owner, context.foreign)
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
        if try changeShadow(of: present, with: record, context) { row.password = "x" }
        passwd.update(row)
    }

    /// Writes what belongs in shadow(5).
    ///
    /// - Returns: whether the account's password stands there now.
    private mutating func changeShadow(
        of present: PasswdFile.Row, with record: UserRecord, _ context: EditContext
    ) throws(Refusal) -> Bool {
        let isTouched =
            record.password != nil || record.isLocked != nil || record.expires != nil
            || record.minimumAge != nil || record.maximumAge != nil || record.warningAge != nil
        guard isTouched else { return false }
        let name = present.name
        if let old = shadow?[name] {
            shadow?.set(old.changed(by: record, today: context.today))
        } else {
            try checkNoOddLine(name, isThere: shadow?.hasLine(name) ?? false, in: "shadow")
            let password = present.password == "x" || present.password.isEmpty ? "!" : present.password
            if shadow == nil { shadow = ShadowFile(parsing: []) }
            let old = ShadowFile.Row(creating: name, password: password, today: context.today, context.defaults)
            shadow?.set(old.changed(by: record, today: context.today))
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

    private func checkFree(uid: UInt32, for name: String, _ foreign: ForeignAccounts) throws(Refusal) {
        if let holder = passwd.uids[uid], holder != name { throw Refusal("uid \(uid) belongs to `\(holder)`") }
        try foreign.checkFree(uid, for: name, in: .passwd)
    }

    private func existingGroup(
        _ owner: Owner, _ foreign: ForeignAccounts = ForeignAccounts(host: nil)
    ) throws(Refusal) -> UInt32 {
        switch owner {
        case .name(let name):
            guard let gid = group.gid(of: name.text) ?? foreign.gid(of: name) else {
                throw Refusal("group `\(name)` does not exist")
            }
            return gid
        case .number(let gid):
            if group.gids[gid] == nil, !foreign.has(String(gid), in: .group) {
                throw Refusal("group \(gid) does not exist")
            }
            return gid
        }
    }

    private func checkGroups(of record: UserRecord, _ foreign: ForeignAccounts) throws(Refusal) {
        for name in record.groups?.elements ?? [] where group.gid(of: name.text) == nil {
            throw foreign.has(name.text, in: .group)
                ? Refusal("group `\(name)` is another source's, and so is the list of its members")
                : Refusal("group `\(name)` does not exist")
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
