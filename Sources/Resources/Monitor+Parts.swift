import SystemFiles
public import Model
import Scheduling

/// What a monitor becomes.
extension Monitor {
    public var parts: [any Resource] {
        var parts: [any Resource] = account.map { [$0] } ?? []
        if let packagePart { parts.append(packagePart) }
        if let tree { parts += [tree.folder, tree.archive, tree.link] as [any Resource] }
        parts += configurationFolders
        parts += configurationFiles
        if let dropIns { parts.append(dropIns) }
        parts += unitFiles
        parts.append(servicePart)
        if let healthPart { parts.append(healthPart) }
        return parts
    }

    /// What the agent is made of comes before the service and restarts it, and the service is tried.
    public var relations: [PartRelation] {
        let service = servicePart
        var causes: [any Resource] = configurationFiles + unitFiles
        if let packagePart { causes.append(packagePart) }
        if let tree { causes.append(tree.link) }
        var relations = causes.map { Self.relation(from: $0, to: service) }
        if let packagePart {
            // What a package starts at once has its limits and its environment.
            relations += unitFiles.map { PartRelation(from: $0, to: packagePart, notifies: false) }
            relations += configurationFiles.map { PartRelation(from: packagePart, to: $0, notifies: false) }
        }
        if let tree {
            // When a former version goes, the service has left it already.
            relations.append(PartRelation(from: tree.archive, to: service, notifies: true, whenGone: false))
            relations.append(PartRelation(from: tree.archive, to: tree.link, notifies: false))
        }
        if let account { relations.append(PartRelation(from: account, to: service, notifies: false)) }
        if let healthPart { relations.append(PartRelation(from: service, to: healthPart, notifies: true)) }
        return relations
    }

    private static func relation(from cause: some Resource, to service: Service) -> PartRelation {
        PartRelation(from: cause, to: service, notifies: true)
    }

    /// A monitor is removed whole, but for its account: no other may get its number.
    public func undeclaredPolicy(of part: any Resource) -> UndeclaredPolicy? {
        part is Package || part is Service ? .remove : nil
    }

    private var isRoot: Bool { user.map { $0 == .root } ?? true }

    private var account: User? {
        guard let name = user, !isRoot else { return nil }
        var user = User()
        user.name = name
        user.system = true
        user.shell = AbsolutePath.root.appending("usr/sbin/nologin")
        return user
    }

    private var packagePart: Package? {
        package.map { name in
            var part = Package()
            part.name = name
            part.version = version
            return part
        }
    }

    private var folder: AbsolutePath { AbsolutePath.root.appending("opt/\(name.text)") }

    /// The archive's directory, named by what is in it, and the link that leads to the one that runs.
    private var tree: (folder: Directory, archive: Archive, link: Link)? {
        guard let archive else { return nil }
        let strip = archive.part.strip.map { $0 == 0 ? "" : "-\($0)" } ?? ""
        let digest = archive.part.source?.content.digest.map { "\($0.hexadecimal.prefix(12))\(strip)" }
        let words = [version, digest].compactMap(\.self).joined(separator: "-")
        var folder = Directory(), tree = archive.part, link = Link()
        folder.path = self.folder
        tree.path = self.folder.appending(words.isEmpty ? "none" : words)
        link.path = self.folder.appending("current")
        link.target = tree.path.name
        return (folder, tree, link)
    }

    private var configurationFiles: [File] {
        (config?.parts ?? []).map { part in
            var file = part.fields.part
            let isSecret = file.content?.isSecret == true
            file.owner = .name(.root)
            file.group = .name(isSecret && !isRoot ? user ?? .root : .root)
            if file.mode == nil { file.mode = FileMode(Permissions(isSecret ? isRoot ? 0o600 : 0o640 : 0o644)) }
            return file
        }
    }

    /// The directory in /etc of an agent that no package brings.
    private var configurationFolders: [Directory] {
        let place = AbsolutePath.root.appending("etc/\(name.text)")
        guard archive != nil, configurationFiles.contains(where: { $0.path.parent == place }) else { return [] }
        var directory = Directory()
        directory.path = place
        return [directory]
    }

    private var unitName: String { service?.text ?? package?.text ?? name.text }
    private var dropInFolder: AbsolutePath {
        UnitFolders.configuration.appending("\(unitName.hasSuffix(".service") ? unitName : "\(unitName).service").d")
    }
    private var environmentFile: AbsolutePath { dropInFolder.appending("lodestar.env") }
    private var hasEnvironment: Bool { env?.entries.isEmpty == false }
    /// Whether the unit is written here, whole.
    var writesUnit: Bool { archive != nil && unit == nil }

    /// The program as an absolute path.
    var program: AbsolutePath? {
        guard let word = command?.first else { return nil }
        if word.hasPrefix("/") { return AbsolutePath(word) }
        return archive == nil ? nil : AbsolutePath("\(folder)/current/\(word)")
    }

    private var text: UnitText {
        var text = UnitText(name: name.text)
        text.command = program.map { [$0.text] + (command ?? []).dropFirst() }
        text.user = isRoot ? nil : user?.description
        text.environmentFile = hasEnvironment ? environmentFile.text : nil
        (text.memory, text.cpu, text.tasks) = (memory?.text, cpu.map { "\($0.percent)%" }, tasks)
        return text
    }

    /// The files beside the unit: the environment, and what changes a unit that is not ours.
    private var unitFiles: [File] {
        var files: [File] = []
        if let env, hasEnvironment {
            var file = File()
            file.path = environmentFile
            let isSecret = env.entries.contains { $0.value.isSecret }
            file.content = .whole(Content(UnitText.environment(env), isSecret: isSecret))
            (file.owner, file.group) = (.name(.root), .name(.root))
            file.mode = FileMode(Permissions(0o600))
            files.append(file)
        }
        if !writesUnit, let lines = text.dropIn {
            var file = File()
            file.path = dropInFolder.appending("lodestar.conf")
            file.content = .whole(Content(lines))
            (file.owner, file.group) = (.name(.root), .name(.root))
            file.mode = FileMode(Permissions(0o644))
            files.append(file)
        }
        return files
    }

    private var dropIns: Directory? {
        guard !unitFiles.isEmpty else { return nil }
        var directory = Directory()
        directory.path = dropInFolder
        return directory
    }

    private var servicePart: Service {
        var service = Service()
        if let name = try? ServiceName(decoding: Node(.string(unitName), at: .nowhere)) { service.name = name }
        (service.running, service.enabled) = (true, true)
        service.unit = unit ?? (writesUnit ? Content(text.whole) : nil)
        return service
    }

    private var healthPart: Health? {
        guard var part = health?.part else { return nil }
        part.name = name
        part.service = servicePart.name
        if part.command != nil, part.user == nil { part.user = .name(user ?? .nobody) }
        return part
    }
}
