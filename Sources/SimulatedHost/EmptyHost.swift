import SystemFiles
public import Model

/// A host with nothing but its root directory: what a simulation of its own stands on.
public final class EmptyHost: HostReading {
    public let isRunning: Bool
    public let storage: (any StorageReading)?

    /// - Parameter storage: the disks of an installation; nil where it is none.
    public init(isRunning: Bool = true, storage: (any StorageReading)? = nil) {
        self.isRunning = isRunning
        self.storage = storage
    }

    public func status(of path: AbsolutePath) -> FileStatus? {
        path == .root ? FileStatus(kind: .directory, permissions: Permissions(0o755), owner: 0, group: 0) : nil
    }

    public func contents(of path: AbsolutePath, limit: Int) throws(HostFault) -> [UInt8] {
        throw HostFault.absent("read", path.text)
    }

    public func digest(of path: AbsolutePath) throws(HostFault) -> Digest {
        throw HostFault.absent("read", path.text)
    }

    public func linkTarget(of path: AbsolutePath) throws(HostFault) -> String {
        throw HostFault.absent("read", path.text)
    }

    public func entries(of path: AbsolutePath) -> [String]? { path == .root ? [] : nil }

    public func document<Document: HostDocument>(_ type: Document.Type, at path: AbsolutePath) -> Document? { nil }

    public func answer(to probe: Probe) -> ProbeAnswer {
        switch probe {
        case .serviceIsRunning: .isRunning(false)
        case .packageChange: .prediction(PackagePrediction())
        case .ownedFiles, .processes: .count(0)
        case .mounts: .paths([])
        case .named: .line(nil)
        case .locales: .texts(["C", "C.utf8", "POSIX"])
        case .exitStatus: .unknown("a simulated host runs no commands")
        case .archive(let archive): entries(of: archive)
        // It has one repository, of one commit.
        case .gitRef: .texts([String(repeating: "1", count: 40)])
        case .gitTree:
            .entries([TreeEntry(AbsolutePath.root.appending("a"), .file(.whole(Content("a"))), Permissions(0o644))])
        }
    }

    /// Of a plain tar file: a simulated host runs no program that unpacks others.
    private func entries(of archive: ArchiveSource) -> ProbeAnswer {
        do throws(HostFault) {
            guard case .content(let content) = archive.place else { throw HostFault.absent("read", "the archive") }
            let bytes = ArchiveBytes(try content.bytes)
            guard try ArchiveFormat(of: bytes) == .tar else {
                return .unknown("a simulated host unpacks only plain tar files")
            }
            return .entries(try ArchiveTree(tar: bytes, packedCount: bytes.byteCount, strip: archive.strip).entries)
        } catch {
            return .unknown(error.text)
        }
    }
}
