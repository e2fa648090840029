public import Model

extension AccountDatabase {
    mutating func setGroup(_ record: GroupRecord, _ context: EditContext) throws(Refusal) {
        let name = record.name.text, foreign = context.foreign
        let members = try checkedMembers(record.members, foreign)
        if let present = group.gid(of: name) {
            if let gid = record.gid, gid != present {
                if present == 0 { throw Refusal("the group of root keeps its gid 0") }
                guard record.renumbers else {
                    throw Refusal(
                        "group `\(name)` has gid \(present), declared is \(gid)",
                        hint: "`renumber: true` changes it and re-owns its files")
                }
                try checkFree(gid: gid, for: name, foreign)
                renumberPrimaryGroup(from: present, to: gid)
                group.setNumber(of: name, to: gid)
            }
        } else {
            try checkNoOddLine(name, isThere: group.hasLine(name), in: "group")
            try foreign.checkNew(name, in: .group)
            if let gid = record.gid {
                try checkFree(gid: gid, for: name, foreign)
                addGroup(name, gid: gid)
            } else {
                addGroup(name, gid: try unusedGid(isSystem: record.isSystem, context.defaults, foreign))
            }
        }
        if let members { setMembers(of: name, to: members) }
    }

    private mutating func renumberPrimaryGroup(from old: UInt32, to new: UInt32) {
        while let user = passwd.primaryGroups[old], var row = passwd[user] {
            row.gid = new
            passwd.update(row)
        }
    }

    /// Removes a group that is no account's primary group.
    public mutating func removeGroup(_ name: AccountName) throws(Refusal) {
        guard let gid = group.gid(of: name.text) else {
            try checkNoOddLine(name.text, isThere: group.hasLine(name.text), in: "group")
            return
        }
        if gid == 0 { throw Refusal("the group of root is never removed") }
        if let user = passwd.primaryGroups[gid], group.gids[gid] == name.text {
            throw Refusal("group `\(name)` is the primary group of `\(user)`")
        }
        dropGroup(name.text)
    }

    // MARK: Shared with accounts

    mutating func addGroup(_ name: String, gid: UInt32) {
        group.add(name, gid: gid)
        gshadow?.add(name)
    }

    mutating func dropGroup(_ name: String) {
        group.remove(name)
        gshadow?.members.removeGroup(name)
    }

    mutating func join(_ user: String, _ name: String) {
        group.members.add(user, to: name)
        gshadow?.members.add(user, to: name)
    }

    mutating func leave(_ user: String, _ name: String) {
        group.members.remove(user, from: name)
        gshadow?.members.remove(user, from: name)
    }

    private mutating func setMembers(of name: String, to members: Membership<AccountName>) {
        if members.isExact {
            let wanted = Set(members.elements.map(\.text))
            for member in group.members.members(of: name) where !wanted.contains(member) { leave(member, name) }
        }
        for member in members.elements { join(member.text, name) }
    }

    private func checkedMembers(
        _ members: Membership<AccountName>?, _ foreign: ForeignAccounts
    ) throws(Refusal) -> Membership<AccountName>? {
        for member in members?.elements ?? []
        where passwd[member.text] == nil && !foreign.has(member.text, in: .passwd) {
            throw Refusal("account `\(member)` does not exist")
        }
        return members
    }

    func checkFree(gid: UInt32, for name: String, _ foreign: ForeignAccounts) throws(Refusal) {
        if let holder = group.gids[gid], holder != name { throw Refusal("gid \(gid) belongs to group `\(holder)`") }
        try foreign.checkFree(gid, for: name, in: .group)
    }

    func checkNoOddLine(_ name: String, isThere: Bool, in file: String) throws(Refusal) {
        if isThere {
            throw Refusal("the line of `\(name)` in /etc/\(file) cannot be read", hint: "repair it with pwck or grpck")
        }
    }

    mutating func unusedGid(
        isSystem: Bool, _ defaults: AccountDefaults, _ foreign: ForeignAccounts
    ) throws(Refusal) -> UInt32 {
        let range = isSystem ? defaults.systemGids : defaults.gids
        let isTaken = foreign.numberTest(in: .group)
        guard let gid = group.gids.unused(in: range, isSystem: isSystem, avoiding: isTaken) else {
            throw Refusal("every gid from \(range.lowerBound) to \(range.upperBound) is taken")
        }
        return gid
    }
}
