import Model

/// What a run changed so far, for the images of what it leaves.
struct Trail {
    private var paths: [AbsolutePath] = []
    private var marks: [AbsolutePath: Mark] = [:]

    private struct Mark {
        var address: Address
        var keeping: PathImage.Keeping
        /// The digest of what the last step wrote, which need not be read again; nil where that step wrote none.
        var written: Digest?
    }

    mutating func add(_ step: FileStep, of address: Address, isSecret: Bool) {
        let isEdit = if case .edit = step { true } else { false }
        let isRenewed = if case .write(let write) = step { write.isRenewed } else { false }
        let keeping: PathImage.Keeping =
            step.keepsContent || isRenewed ? .nothing : isSecret ? .seal : isEdit ? .content : .digest
        if marks[step.path] == nil { paths.append(step.path) }
        var mark = marks[step.path] ?? Mark(address: address, keeping: keeping)
        if mark.keeping.rawValue < keeping.rawValue { mark.keeping = keeping }
        if !step.keepsContent { mark.written = if case .write(let write) = step { write.content.digest } else { nil } }
        marks[step.path] = mark
    }

    func images(on host: some HostReading) -> [Image] {
        paths.compactMap { path in
            marks[path].map { mark in
                Image(
                    address: mark.address,
                    subject: .path(
                        PathImage(after: path, keeping: mark.keeping, written: mark.written, on: host)))
            }
        }
    }
}
