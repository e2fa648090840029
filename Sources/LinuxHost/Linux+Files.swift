import CShim
import Glibc
import HostFiles
import Model

/// The lane of files: written together, made durable together, then put into place.
extension Linux {
    /// How many files are open at a time.
    private static let chunk = 256

    func performFiles(_ steps: [Step]) -> [Result<StepOutput, HostFault>] {
        var results: [Result<StepOutput, HostFault>] = Array(repeating: .success(StepOutput()), count: steps.count)
        var durable = DurableDirectories()
        var position = 0
        while position < steps.count {
            let end = min(position + Self.chunk, steps.count)
            performChunk(steps[position..<end], into: &results, &durable)
            position = end
        }
        for (path, number) in durable.synchronised() {
            for (index, step) in steps.enumerated() where step.changedPath?.parent == path {
                results[index] = .failure(HostFault("make durable", path.text, ErrorNumber.text(number)))
            }
        }
        return results
    }

    private func performChunk(
        _ steps: ArraySlice<Step>, into results: inout [Result<StepOutput, HostFault>],
        _ durable: inout DurableDirectories
    ) {
        var pending: [(indexes: [Int], file: PendingFile)] = []
        var edits: [AbsolutePath: [Int]] = [:]
        for index in steps.indices {
            if case .editFile(let edit) = steps[index] { edits[edit.path, default: []].append(index) }
        }
        for index in steps.indices {
            do throws(HostFault) {
                switch steps[index] {
                case .writeFile(let write) where write.isInPlace: try writeInPlace(write)
                case .writeFile(let write): pending.append(([index], try prepare(WantedFile(write))))
                case .editFile(let edit):
                    guard let indexes = edits.removeValue(forKey: edit.path) else { continue }
                    let applied = self.edited(edit.path, indexes, steps, &results)
                    if let file = try applied?.get() { pending.append((indexes, try prepare(file))) }
                case .makeDirectory(let creation):
                    for file in try make(creation, &durable) { pending.append(([index], file)) }
                case .makeLink(let creation): try make(creation, &durable)
                case .remove(let removal): try remove(removal)
                case .setAttributes(let change): try set(change)
                case .editAccounts, .moveHome, .changeOwnership, .runCommand, .changePackage, .operateService:
                    throw HostFault("perform", "a step", "it belongs to another lane")
                }
                if let path = steps[index].changedPath {
                    forget(path)
                    // The directories above a link may have gone with it.
                    var parent = path.parent
                    if case .remove(let removal) = steps[index], removal.emptiedBelow != nil {
                        while let place = parent, try directory(place) == nil { parent = place.parent }
                    }
                    if let parent, let directory = try directory(parent) { durable.add(parent, directory) }
                }
            } catch {
                results[index] = .failure(error)
            }
            if pending.count >= Self.chunk {
                finish(pending, into: &results)
                pending = []
            }
        }
        finish(pending, into: &results)
    }

    private func finish(
        _ pending: [(indexes: [Int], file: PendingFile)], into results: inout [Result<StepOutput, HostFault>]
    ) {
        var faults = [Int32](repeating: 0, count: pending.count)
        lodestar_sync_all(pending.map(\.file.descriptor), &faults, pending.count)
        for (position, (indexes, file)) in pending.enumerated() {
            do throws(HostFault) {
                if faults[position] < 0 {
                    throw HostFault("write", file.path.text, ErrorNumber.text(-faults[position]))
                }
                try place(file)
                close(file.descriptor)
            } catch {
                discard(file)
                for index in indexes { results[index] = .failure(error) }
            }
            forget(file.path)
        }
    }

    /// The file after several edits; a refused edit fails alone. nil: nothing is left to write.
    private func edited(
        _ path: AbsolutePath, _ indexes: [Int], _ steps: ArraySlice<Step>,
        _ results: inout [Result<StepOutput, HostFault>]
    ) -> Result<WantedFile, HostFault>? {
        var document: EditedDocument?, creation: Attributes?, removesEmpty = false, isNew = false
        for index in indexes {
            guard case .editFile(let edit) = steps[index] else { continue }
            do {
                if document == nil {
                    if let status = try status(of: path) {
                        guard status.kind == .file else {
                            throw HostFault("edit", path.text, "it is a \(status.kind.rawValue)")
                        }
                        document = EditedDocument(for: edit.edit, parsing: try contents(of: path, limit: 256 << 20))
                    } else {
                        guard let attributes = edit.creation else {
                            throw HostFault("edit", path.text, "ENOENT (no such file or directory)")
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
        if removesEmpty, document.isEmptyOfEverybody {
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
                path: path, bytes: document.bytes, attributes: creation ?? Attributes(),
                replaced: isNew ? .nothing : .file(nil)))
    }

    private func writeInPlace(_ write: FileWrite) throws(HostFault) {
        let entry = try writableEntry(write.path, "write")
        guard try status(entry, write.path) != nil else {
            let file = try prepare(WantedFile(write))
            fsync(file.descriptor)
            try place(file)
            close(file.descriptor)
            return
        }
        try check(write.replaced, try status(entry, write.path), write.path)
        let descriptor = lodestar_open(
            entry.directory.descriptor, entry.name, O_WRONLY | O_NOFOLLOW, 0, 0, entry.directory.identity)
        guard descriptor >= 0 else { throw HostFault("write", write.path.text, ErrorNumber.text(-descriptor)) }
        defer { close(descriptor) }
        guard ftruncate(descriptor, 0) == 0, LocalFiles.writeAll(write.content.bytes, to: descriptor),
            fsync(descriptor) == 0
        else { throw HostFault("write", write.path.text, ErrorNumber.text(errno)) }
        try set(AttributeChange(write.path, kind: .file, attributes: write.attributes))
    }
}

extension WantedFile {
    init(_ write: FileWrite) {
        self.init(
            path: write.path, bytes: write.content.bytes, attributes: write.attributes, replaced: write.replaced,
            validator: write.validator, isSecret: write.content.isSecret)
    }
}

/// The directories whose entries changed: each is synchronised once.
struct DurableDirectories {
    private var directories: [AbsolutePath: OpenDirectory] = [:]

    mutating func add(_ path: AbsolutePath, _ directory: OpenDirectory) { directories[path] = directory }

    /// Makes all of them durable; those that failed with their error numbers.
    func synchronised() -> [(AbsolutePath, Int32)] {
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
