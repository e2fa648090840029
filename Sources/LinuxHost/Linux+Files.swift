import CShim
import Glibc
import SystemFiles
import Model
import SystemCalls

/// The lane of files: written together, made durable together, then put into place.
extension Linux {
    /// How many files are open at a time.
    private static let chunk = 128

    func performFiles(_ steps: [FileStep]) -> [StepResult] {
        var results: [StepResult] = Array(repeating: .success(StepOutput()), count: steps.count)
        var durable = DurableDirectories()
        var position = 0
        while position < steps.count {
            let end = min(position + Self.chunk, steps.count)
            performChunk(steps[position..<end], into: &results, &durable)
            position = end
            // Each directory is held open until then.
            if durable.count > Self.chunk || end == steps.count {
                for (path, number) in durable.synchronised() {
                    for (index, step) in steps[..<end].enumerated() where step.path.parent == path {
                        results[index] = .failure(HostFault("make durable", path.text, ErrorNumber.text(number)))
                    }
                }
            }
        }
        return results
    }

    private func performChunk(
        _ steps: ArraySlice<FileStep>, into results: inout [StepResult],
        _ durable: inout DurableDirectories
    ) {
        var pending: [(indexes: [Int], file: Pending)] = []
        var edits: [AbsolutePath: [Int]] = [:], wasGuarded = false
        for index in steps.indices {
            if case .edit(let edit) = steps[index] { edits[edit.path, default: []].append(index) }
        }
        for index in steps.indices {
            let openCount = pending.reduce(0) { $0 + $1.file.descriptors.count }
            let path = steps[index].path
            // Of what is looked at as a whole, each is in its place before the next one.
            do throws(HostFault) {
                if wasGuarded {
                    finish(pending, into: &results)
                    (pending, guarded, wasGuarded) = ([], nil, false)
                }
                wasGuarded = try isGuarded(path)
                if wasGuarded || openCount >= Self.chunk || pending.contains(where: { $0.file.holds(path) }) {
                    finish(pending, into: &results)
                    pending = []
                }
                switch steps[index] {
                case .write(let write) where write.isInPlace: try writeInPlace(write)
                case .write(let write): pending.append(([index], .file(try prepare(WantedFile(write)))))
                case .edit(let edit):
                    guard let indexes = edits.removeValue(forKey: edit.path) else { continue }
                    let applied = self.edited(edit.path, indexes, steps, &results)
                    if let file = try applied?.get() { pending.append((indexes, .file(try prepare(file)))) }
                case .makeDirectory(let creation):
                    if let directory = try make(creation, &durable) { pending.append(([index], .directory(directory))) }
                case .makeLink(let creation): try make(creation, &durable)
                case .remove(let removal): try remove(removal)
                case .setAttributes(let change): try set(change)
                case .setKernelValue(let setting): try set(setting)
                case .makeKey(let creation):
                    // The public key is read from the private one, which is in its place by then.
                    finish(pending, into: &results)
                    let wanted = WantedFile(
                        path: creation.path, content: .whole(try creation.content(on: self)),
                        attributes: creation.attributes, replaced: creation.replaced)
                    pending = [([index], .file(try prepare(wanted)))]
                }
                forget(path)
                if wasGuarded { forget(try place(of: path)) }
                // The directories above a link may have gone with it.
                var parent = path.parent
                if case .remove(let removal) = steps[index], removal.emptiedBelow != nil {
                    while let place = parent, try directory(place) == nil { parent = place.parent }
                }
                if let parent, let directory = try directory(parent) { durable.add(parent, directory) }
            } catch {
                results[index] = .failure(error)
            }
        }
        finish(pending, into: &results)
        if wasGuarded { guarded = nil }
    }

    private func finish(
        _ pending: [(indexes: [Int], file: Pending)], into results: inout [StepResult]
    ) {
        let descriptors = pending.flatMap(\.file.descriptors)
        var faults = [Int32](repeating: 0, count: descriptors.count)
        lodestar_sync_all(descriptors, &faults, descriptors.count)
        var position = 0
        for (indexes, file) in pending {
            let own = faults[position..<position + file.descriptors.count]
            position += file.descriptors.count
            do throws(HostFault) {
                if let fault = own.first(where: { $0 < 0 }) {
                    throw HostFault("write", file.path.text, ErrorNumber.text(-fault))
                }
                try place(file)
            } catch {
                discard(file)
                for index in indexes { results[index] = .failure(error) }
            }
            file.close()
            forget(file.path)
            if guarded != nil, let place = try? place(of: file.path) { forget(place) }
        }
    }

    private func place(_ pending: Pending) throws(HostFault) {
        switch pending {
        case .file(let file): try place(file)
        case .directory(let directory): try place(directory)
        }
    }

    private func discard(_ pending: Pending) {
        switch pending {
        case .file(let file): discard(file)
        case .directory(let directory): discard(directory)
        }
    }

    /// The file after several edits; a refused edit fails alone. nil: nothing is left to write.
    private func edited(
        _ path: AbsolutePath, _ indexes: [Int], _ steps: ArraySlice<FileStep>,
        _ results: inout [StepResult]
    ) -> Result<WantedFile, HostFault>? {
        var document: EditedDocument?, creation: Attributes?, removesEmpty = false, isNew = false
        for index in indexes {
            guard case .edit(let edit) = steps[index] else { continue }
            do {
                if document == nil {
                    if let status = try status(of: path) {
                        guard status.kind == .file else {
                            throw HostFault("edit", path.text, "it is a \(status.kind.rawValue)")
                        }
                        document = EditedDocument(for: edit.edit, parsing: try contents(of: path, limit: 256 << 20))
                    } else {
                        guard let attributes = edit.creation else {
                            throw HostFault.absent("edit", path.text)
                        }
                        (document, creation, isNew) = (EditedDocument(for: edit.edit, parsing: []), attributes, true)
                    }
                }
                try document?.apply(edit.edit)
                removesEmpty = removesEmpty || edit.removesEmpty
            } catch let refusal as Refusal {
                results[index] = .failure(HostFault("edit", path.text, refusal.reason))
            } catch {
                results[index] = .failure(error as? HostFault ?? HostFault("edit", path.text, "\(error)"))
            }
        }
        guard let document else { return nil }
        if removesEmpty, document.isEmpty {
            if isNew { return nil }
            do throws(HostFault) {
                try remove(Removal(path, kind: .file))
                return nil
            } catch {
                return .failure(error)
            }
        }
        return .success(
            WantedFile(
                path: path, content: .whole(Content(document.bytes)), attributes: creation ?? Attributes(),
                replaced: isNew ? .nothing : .file(nil)))
    }
}

extension WantedFile {
    init(_ write: FileWrite) {
        self.init(
            path: write.path, content: write.content, attributes: write.attributes, replaced: write.replaced,
            validator: write.validator)
    }
}

/// A file written beside its place, to be made durable and then renamed.
private enum Pending {
    case file(PendingFile)
    case directory(PendingDirectory)

    var path: AbsolutePath {
        switch self {
        case .file(let file): file.path
        case .directory(let directory): directory.path
        }
    }

    var descriptors: [Int32] {
        switch self {
        case .file(let file): [file.descriptor]
        case .directory(let directory): directory.descriptors
        }
    }

    func close() {
        switch self {
        case .file(let file): file.close()
        case .directory(let directory): directory.close()
        }
    }

    /// Whether a path is in a directory that is not yet there.
    func holds(_ path: AbsolutePath) -> Bool {
        guard case .directory(let directory) = self else { return false }
        return path.isBelowOrEqual(to: directory.path)
    }
}

/// The directories whose entries changed: each is synchronised once.
struct DurableDirectories {
    private var directories: [AbsolutePath: OpenDirectory] = [:]

    var count: Int { directories.count }

    mutating func add(_ path: AbsolutePath, _ directory: OpenDirectory) { directories[path] = directory }

    /// Makes all of them durable and forgets them; those that failed with their error numbers.
    mutating func synchronised() -> [(AbsolutePath, Int32)] {
        defer { directories = [:] }
        var failed: [(AbsolutePath, Int32)] = [], rest = directories.map { ($0.key, $0.value) }[...]
        while !rest.isEmpty {
            failed += Self.synchronised(rest.prefix(64))
            rest = rest.dropFirst(64)
        }
        return failed
    }

    private static func synchronised(_ directories: ArraySlice<(AbsolutePath, OpenDirectory)>) -> [(
        AbsolutePath, Int32
    )] {
        var paths: [AbsolutePath] = [], descriptors: [Int32] = [], failed: [(AbsolutePath, Int32)] = []
        for (path, directory) in directories {
            let descriptor = openat(directory.descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            if descriptor < 0 {
                if errno != ENOENT { failed.append((path, errno)) }
                continue
            }
            paths.append(path)
            descriptors.append(descriptor)
        }
        var results = [Int32](repeating: 0, count: descriptors.count)
        lodestar_sync_all(descriptors, &results, descriptors.count)
        for (index, descriptor) in descriptors.enumerated() {
            if results[index] < 0, results[index] != -EINVAL { failed.append((paths[index], -results[index])) }
            close(descriptor)
        }
        return failed
    }
}
