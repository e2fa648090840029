import SystemFiles
public import Model
import Scheduling

/// Steps and removal of swap.
extension Swap {
    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        guard let observed else { return [] }
        let differences = differences(from: observed)
        if differences.isEmpty { return [] }
        if enabled, observed.isRunning, !observed.isTold { throw Refusal("this kernel has no swap") }
        let mustMake = differences.contains(\.size)
        let isUsedOtherwise = priority.map { $0 != observed.active?.priority } ?? false
        var steps: [Step] = []
        // What is in use is neither written anew nor given another priority.
        let stops = observed.active.map { _ in mustMake || isUsedOtherwise || !enabled } ?? false
        if stops { steps += stop(observed) }
        if mustMake { steps.append(.writeFile(try creation(observed))) }
        if enabled, observed.isRunning, observed.active == nil || stops {
            steps.append(.system(.startSwap(path, priority: priority)))
        }
        return steps + (try edit(observed))
    }

    private func stop(_ observed: Observed) -> [Step] {
        observed.active.flatMap { AbsolutePath($0.path) }.map { [.system(.stopSwap($0))] } ?? []
    }

    private func creation(_ observed: Observed) throws(Refusal) -> FileWrite {
        guard let size else {
            throw Refusal("\(path) does not exist", hint: "`size` makes a file there", isMissing: true)
        }
        if let found = observed.size, found != madeSize {
            throw Refusal(
                "\(path) has \(found.text), and Lodestar did not make it", hint: "declare its size, or remove the file")
        }
        guard observed.status?.kind ?? .file == .file else {
            throw Refusal("\(path) is a device, which has its own size")
        }
        let image = SwapImage(byteCount: Int(size.bytes), pageSize: observed.pageSize, name: path.text)
        let attributes = Attributes(owner: .name(.root), group: .name(.root), mode: FileMode(Permissions(0o600)))
        do throws(HostFault) {
            let content = try image.content
            return FileWrite(
                path, content: content, attributes: attributes, replaced: observed.size == nil ? .nothing : .file(nil))
        } catch {
            throw Refusal(error.text)
        }
    }

    private func edit(_ observed: Observed) throws(Refusal) -> [Step] {
        guard enabled else { return try editing(observed.entry.map { .remove($0.place) }, observed) }
        var entry = observed.entry ?? FileSystemEntry(device: path.text, path: "none", type: "swap", options: ["sw"])
        entry.options.removeAll { $0 == "noauto" || ($0.hasPrefix("pri=") && priority != nil) }
        if let priority { entry.options.append("pri=\(priority)") }
        return Set(entry.options) == observed.entry.map { Set($0.options) } ? [] : try editing(.set(entry), observed)
    }

    private func editing(_ edit: FileSystemTableEdit?, _ observed: Observed) throws(Refusal) -> [Step] {
        guard let edit else { return [] }
        guard observed.tableIsFile else { throw Refusal("\(Self.table) is not a file") }
        return Mount.editing(edit)
    }

    /// The line goes last: it tells that the file is swap.
    public func removal(of observed: Observed) throws(Refusal) -> [Step] {
        if let found = observed.size, observed.entry == nil, observed.active == nil, found != size, found != madeSize {
            throw Refusal("nothing says that \(path) is swap", hint: "declare its size, or remove the file")
        }
        let file: [Step] = observed.size == nil ? [] : [.remove(Removal(path, kind: .file))]
        return stop(observed) + file + (try editing(observed.entry.map { .remove($0.place) }, observed))
    }

    public func remarks(on observed: Observed?, of host: some HostReading, before changes: [Change]) throws -> [String]
    {
        guard let status = try host.status(of: path), status.kind == .file, status.permissions.bits & 0o077 != 0 else {
            return []
        }
        return ["others can read \(path), and what is swapped out to it"]
    }
}

/// Its file and its line are in files; whether it is in use is what they do not tell.
extension Swap: Restorable {
    public static let filesComeLast = true

    public func former(_ observed: Observed?) -> Swap? {
        guard let observed else { return nil }
        guard observed.isTold else { return self }
        guard isPresent(in: observed) else { return nil }
        var former = self
        (former.size, former.enabled) = (observed.size, observed.active != nil)
        former.priority = observed.active.flatMap { $0.priority < 0 ? nil : $0.priority }
        return former
    }
}
