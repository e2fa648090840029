import SystemFiles
public import Model

/// The files of one commit of a git repository, below a directory.
public struct GitCheckout: Resource, Containing, Replacing, Bounded, Filling {
    public var path = AbsolutePath.root
    public var url: GitAddress?
    public var commit: GitCommitName?
    public var ref: GitRefName?
    public var allowFile: Bool?
    public var owner: Owner?
    public var group: Owner?
    public var replace: Bool?
    public var claims = Claims()

    public init() {}

    public static let typeName = "git_checkout"
    public static let doc = """
        The files of one commit of a git repository, below a directory. They are what the commit has, byte by byte: no `.git`, no \
        hooks, no submodules, no filters, no line ends that attributes ask for. A plan fetches the commit into a mirror below \
        /var/lib/lodestar, so that it knows each file. What the former commit brought goes, what others made stays, and so does what \
        another resource declares below the directory; a file that was there before goes only with `state: absent`. A file that \
        somebody edited is a refusal; with `replace: true` the edit goes, also when the checkout does. A commit that is in place needs \
        neither the network nor git. Submodules, links that lead out of it, names with a newline and repositories of SHA-256 are \
        refused. Over ssh, the keys and the known hosts are those of root.
        """
    public static let fields: [Field<GitCheckout>] = [
        Field(
            "path", always: \.path, .key, doc: "The directory; it is made, but not its parents.",
            examples: ["/srv/app"]),
        Field(
            "url", \.url, .parameter, isRequired: true,
            doc: "The repository: https, ssh, or with `allow_file` a directory of the host.",
            examples: ["https://git.example.org/ops/app.git", "git@git.example.org:ops/app.git"]),
        Field(
            "commit", \.commit, doc: "The commit, by its 40 digits. One of `commit` and `ref` is mandatory.",
            examples: ["0123456789abcdef0123456789abcdef01234567"]),
        Field(
            "ref", \.ref, doc: "A branch or a tag, or `HEAD`: each run asks which commit it stands for, once.",
            examples: ["main", "v1.4.0", "refs/tags/v1"]),
        Field(
            "allow_file", \.allowFile, .parameter, doc: "Lets `url` be a directory, as a path or as `file://`.",
            examples: ["true"]),
        Field(
            "owner", \.owner, doc: "The owner of the directory and of what is in the commit; root at creation.",
            examples: ["app"]),
        Field(
            "group", \.group, doc: "The group of the directory and of what is in the commit; root at creation.",
            examples: ["app"]),
        Field(
            "replace", \.replace, .parameter,
            doc:
                "Takes back what was edited, and the place of what is in the way; never of a directory that is not empty.",
            examples: ["true"]),
    ]
    public static let examples = [
        "/srv/app: {url: /srv/git/app.git, allow_file: true, commit: 77a818b040b50f16f4462f30c1f77da90a775bc0}",
        "/srv/main: {url: \"file:///srv/git/app.git\", allow_file: true, ref: main}",
    ]

    public var objects: [HostObject] { [.path(path)] }
    public var needs: [Need] {
        Need.parent(of: path) + Need.owners(owner, group) + [Need(.package("git"), "package git")]
            + (url?.directory.map { [Need(.path($0), "repository")] } ?? [])
            + (url?.text.hasPrefix("https:") == true
                ? [Need(.package("ca-certificates"), "package ca-certificates")] : [])
    }
    public var usesClaims: Bool { true }

    public var problems: [Problem] {
        var problems: [Problem] = []
        if commit == nil, ref == nil { problems.append("expected `commit` or `ref`, found neither") }
        if commit != nil, ref != nil {
            problems.append(Problem(at: "ref", "expected one of commit and ref, found both"))
        }
        if let ref, GitCommitName(ref.text) != nil { problems.append(Problem("ref", "a commit is given by `commit`")) }
        if let directory = url?.directory {
            if allowFile != true {
                problems.append(Problem("url", "a directory of the host is read only with `allow_file: true`"))
            }
            if directory.isBelowOrEqual(to: path) {
                problems.append(Problem("url", "expected a repository outside of \(path)"))
            }
        }
        return problems
    }

    /// What is known without the repository: the record says what is there.
    public var undeclared: GitCheckout {
        var checkout = self
        (checkout.commit, checkout.ref) = (nil, nil)
        return checkout
    }

    public func claims(on host: some HostReading) throws -> [AbsolutePath] {
        try declaredPaths + tree.claims(on: host)
    }

    private var tree: PlacedTree {
        PlacedTree(
            path: path, owner: owner, group: group, replace: replace, property: ref == nil ? "commit" : "ref",
            keepsEdits: true)
    }

    public struct Observed: Sendable {
        var tree: PlacedTree.Observed
        /// Why nobody can tell what is wanted.
        var doubt: String?
    }

    public func observe(on host: some HostReading) throws -> Observed? {
        var wanted = commit, doubt: String?
        if let ref, let url {
            let answer = try host.answer(to: .gitRef(ref, of: url))
            if case .texts(let texts) = answer { wanted = texts.first.flatMap { GitCommitName($0) } }
            if wanted == nil { doubt = answer.uncertainty }
        }
        let region = try claims.region(below: path, on: host)
        let tree = try tree.observe(wanted?.text, beside: region, on: host) {
            guard let wanted, let url else { return nil }
            let answer = try host.answer(to: .gitTree(wanted, of: url))
            if case .entries(let entries) = answer { return entries }
            doubt = answer.uncertainty
            return nil
        }
        let isNothing = tree.directory == nil && tree.record == nil && wanted == nil && doubt == nil
        return isNothing ? nil : Observed(tree: tree, doubt: doubt)
    }

    public func isPresent(in observed: Observed) -> Bool { observed.tree.isPresent }

    public func uncertainty(of observed: Observed?) -> String? { observed?.doubt }

    public func changes(from observed: Observed?) -> [Change] {
        let directory = (observed?.tree.directory).map { found in
            var directory = GitCheckout()
            (directory.owner, directory.group) = (found.owner, found.group)
            return directory
        }
        let changes = Self.propertyChanges(from: directory, to: self, replacing: ["commit": nil, "ref": nil])
        guard let observed else { return changes }
        if observed.doubt != nil {
            return changes + [Change(tree.property, from: nil, to: ref?.shown ?? commit?.shown)]
        }
        return tree.changes(from: observed.tree, beside: changes)
    }

    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        guard let observed, observed.doubt == nil else { return [] }
        let changes = Differences<GitCheckout>(changes(from: observed))
        return try tree.steps(
            from: observed.tree, changesDirectory: [\.owner, \.group].contains { changes.contains($0) })
    }

    public func removal(of observed: Observed) throws(Refusal) -> [Step] { try tree.removal(of: observed.tree) }
}
