import Model

/// One object, one owner: two resources that write the same thing are an error that shows both.
enum Ownership {
    static func conflicts(in declarations: [Declaration], without broken: Set<Int> = []) -> Diagnostics {
        var diagnostics = Diagnostics()
        var owners: [HostObject: Int] = Dictionary(minimumCapacity: declarations.count * 2)
        var reported = Set<[Int]>()
        for (position, declaration) in declarations.enumerated() where !broken.contains(position) {
            let objects = declaration.resource.objects
            for object in declaration.state == .present ? objects : Array(objects.prefix(1)) {
                if let other = owners[object] {
                    guard reported.insert([other, position]).inserted else { continue }
                    diagnostics.add(conflict(object, declaration, declarations[other]))
                } else {
                    owners[object] = position
                }
            }
        }
        for (object, position) in owners {
            for wide in covering(object) {
                guard let other = owners[wide], other != position,
                    reported.insert([min(other, position), max(other, position)]).inserted
                else { continue }
                diagnostics.add(conflict(wide, declarations[position], declarations[other]))
            }
        }
        return diagnostics
    }

    /// The objects that take an object in whole.
    private static func covering(_ object: HostObject) -> [HostObject] {
        switch object {
        case .line(let path, _): return [.content(path)]
        case .crontabEntry(let table, _): return AbsolutePath(table).map { [.content($0)] } ?? []
        case .authorizedKey(let user, _): return [.authorizedKeys(user)]
        case .membership(let group, let user): return [.members(group), .groups(user)]
        case .path, .content, .user, .group, .accountNumber, .groupNumber, .authorizedKeys, .members,
            .groups, .package, .service, .command:
            return []
        }
    }

    private static func conflict(_ object: HostObject, _ later: Declaration, _ earlier: Declaration) -> Diagnostic {
        let (first, second) = earlier.place < later.place ? (earlier, later) : (later, earlier)
        return Diagnostic(
            "expected one owner of \(object.text), found \(second.address) beside \(first.address)", at: second.place,
            notes: [.init("\(first.address)", at: first.place)])
    }
}
