import Model

/// One object, one owner: two resources that write the same thing are an error that shows both.
enum Ownership {
    /// - Parameter uses: where roles were used that the declarations come from, the outermost first.
    static func conflicts(
        in declarations: [Declaration], uses: [[Place]], without broken: Set<Int> = []
    ) -> Diagnostics {
        func conflict(_ object: HostObject, _ first: Int, _ second: Int) -> Diagnostic {
            let place = { (position: Int) in uses[position].first ?? declarations[position].place }
            let (first, second) = place(first) < place(second) ? (first, second) : (second, first)
            let (earlier, later) = (declarations[first], declarations[second])
            let ofRoles = [first, second].filter { !uses[$0].isEmpty }.map {
                Diagnostic.Note("\(declarations[$0].address) of the role", at: declarations[$0].place)
            }
            return Diagnostic(
                "expected one owner of \(object.text), found \(later.name) beside \(earlier.name)",
                at: place(second), notes: [.init("\(earlier.name)", at: place(first))] + ofRoles)
        }
        var diagnostics = Diagnostics()
        var owners: [HostObject: Int] = Dictionary(minimumCapacity: declarations.count * 2)
        var reported = Set<[Int]>()
        for position in declarations.indices where !broken.contains(position) {
            let objects = declarations[position].resource.objects
            for object in declarations[position].state == .present
                ? objects : Array(objects.prefix(1)) + objects.filter(\.isNumber)
            {
                if let other = owners[object] {
                    guard reported.insert([other, position]).inserted else { continue }
                    diagnostics.add(conflict(object, position, other))
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
                diagnostics.add(conflict(wide, position, other))
            }
        }
        return diagnostics
    }

    /// The objects that take an object in whole.
    private static func covering(_ object: HostObject) -> [HostObject] {
        switch object {
        case .part(_, let path, _): return [.content(path)]
        case .mount, .swap: return [.content(AbsolutePath.root.appending("etc/fstab"))]
        case .authorizedKey(let user, _), .keyGroup(let user, _): return [.authorizedKeys(user)]
        case .membership(let group, let user): return [.members(group), .groups(user)]
        case .path, .content, .user, .group, .accountNumber, .groupNumber, .authorizedKeys, .knownHost, .keyPair,
            .members, .groups, .package, .service, .command, .installed:
            return []
        }
    }
}

extension HostObject {
    /// Whether it stays with an account that is gone: nobody else shall get its files.
    fileprivate var isNumber: Bool {
        if case .accountNumber = self { return true }
        if case .groupNumber = self { return true }
        return false
    }
}

extension Declaration {
    /// As a person knows it, who may never have heard of the parts of a composite.
    fileprivate var name: String { partOf.map { "\(address) of \($0.address)" } ?? "\(address)" }
}
