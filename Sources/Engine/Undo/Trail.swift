import Model

/// What a run changed so far, for the images of what it leaves.
struct Trail {
    private var paths: [AbsolutePath] = []
    private var marks: [AbsolutePath: Mark] = [:]

    private struct Mark {
        var address: Address
        var keeping: PathImage.Keeping
    }

    mutating func add(_ step: FileStep, of address: Address, isSecret: Bool) {
        let isEdit = if case .edit = step { true } else { false }
        let keeping: PathImage.Keeping = step.keepsContent ? .nothing : isSecret ? .seal : isEdit ? .content : .digest
        guard let mark = marks[step.path] else {
            paths.append(step.path)
            marks[step.path] = Mark(address: address, keeping: keeping)
            return
        }
        if mark.keeping.rawValue < keeping.rawValue { marks[step.path]?.keeping = keeping }
    }

    func images(on host: some HostReading) -> [Image] {
        paths.compactMap { path in
            marks[path].map { mark in
                Image(
                    address: mark.address,
                    subject: .path(PathImage(after: path, keeping: mark.keeping, on: host)))
            }
        }
    }
}
