import Bundles
import Fetching
import Model
import SystemCalls

/// A bundle on the web that is read while it comes. What has come stays, so that the rest is asked for the next time.
final class BundleDownload {
    private let address: WebAddress
    private let authorities: String?
    private let program: [String]
    private let files: Files
    private let file: GrowingFile
    private var fetch: Fetch?
    /// The mark of the state of which the file has the beginning.
    private var tag: String?
    private var resumeCount = 0
    /// Whether the server says that the copy is what it has.
    private(set) var isUnchanged = false
    /// Whether the server had another one before this one had come whole.
    private(set) var hasChanged = false
    /// Why nothing more came, which says more than what a reader makes of it.
    private(set) var fault: SourceFault?

    /// How often the rest is asked for where a connection ends in the middle.
    private static let greatestResumeCount = 3

    /// - Parameters:
    ///   - copy: where the last one is kept; nil where nothing is.
    ///   - isKeeping: whether this one takes its place.
    init(
        _ address: WebAddress, copy: String?, isKeeping: Bool, authorities: String?, by program: [String]
    ) throws(SourceFault) {
        (self.address, self.authorities, self.program) = (address, authorities, program)
        do throws(HostFault) {
            files = try Files(copy: copy, isKeeping: isKeeping)
            file = try GrowingFile(files.part)
            if file.byteCount > 0 { tag = Files.tag(in: files.partMark, of: address) }
            if tag == nil { try file.empty() }
        } catch {
            throw SourceFault(error)
        }
        do throws(SourceFault) { try begin() } catch {
            if file.byteCount == 0 { discard() }
            throw error
        }
    }

    /// What has come, to be read from its beginning on; only a whole one can be read again.
    func opened() throws(SourceFault) -> OpenBundle {
        do throws(SourceFault) {
            return try OpenBundle { [self] (offset, count) throws(HostFault) in
                try bytes(at: offset, count: count)
            } whole: { [self] () throws(HostFault) in
                try RangeFile(file.path)
            }
        } catch {
            throw fault ?? error
        }
    }

    /// Puts it in the place of the last one.
    func keep() throws(SourceFault) {
        if isUnchanged { return discard() }
        guard let copy = files.copyToWrite else { return }
        do throws(HostFault) {
            try file.makeDurable()
            LocalFiles.remove(Files.mark(of: copy))
            try LocalFiles.move(file.path, to: copy)
            LocalFiles.remove(files.partMark)
            if let tag { try Files.write(tag, of: address, to: Files.mark(of: copy)) }
        } catch {
            throw SourceFault(.unreachable, error.text)
        }
    }

    /// Forgets what has come: it is not what it must be.
    func discard() {
        LocalFiles.remove(file.path)
        LocalFiles.remove(files.partMark)
    }

    private func bytes(at offset: Int, count: Int) throws(HostFault) -> [UInt8] {
        while file.byteCount < offset + count {
            do throws(SourceFault) {
                guard let piece = try next() else { break }
                do throws(HostFault) { try file.append(piece) } catch {
                    throw SourceFault(.unreachable, "it cannot be kept: \(error.text)")
                }
            } catch {
                fault = error
                throw HostFault("fetch", address.text, error.reason)
            }
        }
        return try file.bytes(at: offset, count: count)
    }

    private func next() throws(SourceFault) -> [UInt8]? {
        do throws(FetchFault) { return try fetch?.piece() } catch {
            guard error.kind == .network, tag != nil, resumeCount < Self.greatestResumeCount else {
                throw SourceFault(error)
            }
            resumeCount += 1
        }
        try begin()
        return try next()
    }

    /// Asks for it, for the rest of it where its beginning is here, or whether it is another one than the copy.
    private func begin() throws(SourceFault) {
        var request = FetchRequest(address)
        request.authorities = authorities
        request.limit = BundleLimits.fetchSize
        let start = file.byteCount, isResumed = start > 0 && tag != nil
        let known = isResumed ? nil : files.copy.flatMap { Files.tag(in: Files.mark(of: $0), of: address) }
        if isResumed, let tag { request.fields = [.init("Range", "bytes=\(start)-"), .init("If-Range", tag)] }
        if let known { request.fields = [.init("If-None-Match", known)] }
        let fetch: Fetch
        do throws(FetchFault) { fetch = try Fetch(request, by: program) } catch { throw SourceFault(error) }
        let answer = fetch.answer
        switch answer.status {
        case 304 where known != nil:
            isUnchanged = true
            return
        case 206 where isResumed && answer.rangeStart == start && answer.strongTag == tag: break
        case 200:
            if self.fetch != nil {
                hasChanged = true
                throw SourceFault(.unreachable, "it was changed while it was fetched")
            }
            do throws(HostFault) {
                try file.empty()
                tag = answer.strongTag
                LocalFiles.remove(files.partMark)
                if let tag { try Files.write(tag, of: address, to: files.partMark) }
            } catch {
                throw SourceFault(.unreachable, "it cannot be kept: \(error.text)")
            }
        case 206, 416:
            // What is here does not fit to what is there.
            if isResumed { discard() }
            hasChanged = isResumed
            throw SourceFault(.unreachable, "the server has no rest of what was begun: it answers \(answer.status)")
        case let status: throw SourceFault(.unreachable, "the server answers \(status)")
        }
        self.fetch = fetch
    }
}

extension SourceFault {
    init(_ fault: FetchFault) { self.init(fault.kind == .usage ? .usage : .unreachable, fault.reason) }
}
