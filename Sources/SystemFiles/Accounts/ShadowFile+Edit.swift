import Model

extension ShadowFile.Row {
    /// The line after an edit: its hash, lock, expiry and ages.
    func changed(by record: UserRecord, today: Int) -> Self {
        var row = self
        let hasLockedHash = PasswordField.isLocked(password) && !PasswordField.hash(of: password).isEmpty
        let isFullyLocked = PasswordField.isLocked(password) && expires == PasswordField.lockDay
        if let declared = record.password {
            let hash = String(decoding: declared.bytes, as: UTF8.self)
            row.password = hasLockedHash || isFullyLocked ? PasswordField.locked(hash) : hash
            if PasswordField.hash(of: password) != PasswordField.hash(of: hash) { row.changed = today }
        }
        if let expiry = record.expires {
            switch expiry {
            case .never: row.expires = nil
            case .day(let day): row.expires = day
            }
        }
        switch record.isLocked {
        case true?:
            row.password = PasswordField.locked(row.password)
            row.expires = PasswordField.lockDay
        case false?:
            row.password = PasswordField.unlocked(row.password)
            if record.expires == nil, row.expires == PasswordField.lockDay { row.expires = nil }
        case nil: break
        }
        row.minimumAge = record.minimumAge?.count ?? row.minimumAge
        row.maximumAge = record.maximumAge?.count ?? row.maximumAge
        row.warningAge = record.warningAge?.count ?? row.warningAge
        return row
    }
}
