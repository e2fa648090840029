import Engine
import Model

extension StateDatabase {
    /// When an image was made.
    enum Moment: String {
        case before, after
    }

    func write(_ images: [Image], run: Int, at moment: Moment) throws(StateFault) {
        let contents = images.compactMap(\.content)
        try database.runEach(
            "INSERT OR IGNORE INTO blobs VALUES (?, ?)",
            contents.lazy.map { [.text(Digest(of: $0).hexadecimal), .bytes($0)] })
        try database.runEach(
            "INSERT INTO images VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            images.lazy.map { image in
                [.int(run), .text(moment.rawValue), .text(image.address.description)] + image.values
            })
    }

    /// The images of a run, in the order in which they were made.
    func images(ofRun run: Int, at moment: Moment) throws(StateFault) -> [Image] {
        var images: [Image] = []
        try database.query(
            """
            SELECT address, path, kind, mode, owner, grp, bytes, images.digest, target, withheld, fields FROM images
            LEFT JOIN blobs ON blobs.digest = images.blob WHERE run = ? AND moment = ? ORDER BY images.rowid
            """, [.int(run), .text(moment.rawValue)]
        ) { row in
            if let image = Image(row) { images.append(image) }
        }
        return images
    }
}

extension Image {
    fileprivate var content: [UInt8]? {
        if case .path(let image) = subject, case .content(let bytes) = image.body { bytes } else { nil }
    }

    private static let unsaid = "unsaid"

    /// The columns from `path` on.
    fileprivate var values: [Value] {
        switch subject {
        case .resource(let fields):
            return [Value](repeating: .null, count: 9) + [Value(fields?.text)]
        case .unsaid: return [Value](repeating: .null, count: 8) + [.text(Self.unsaid), .null]
        case .path(let image):
            var digest: String?, target: String?, withheld: PathImage.Withheld?
            switch image.body {
            case .none: break
            case .content(let bytes): digest = Digest(of: bytes).hexadecimal
            case .digest(let found): digest = found.hexadecimal
            case .sealed(let found): (digest, withheld) = (found.hexadecimal, .secret)
            case .link(let found): target = found
            case .withheld(let reason): withheld = reason
            }
            let status = image.status
            return [
                .text(image.path.text), Value(status?.kind.rawValue),
                status.map { .int(Int($0.permissions.bits)) } ?? .null, status.map { .int(Int($0.owner)) } ?? .null,
                status.map { .int(Int($0.group)) } ?? .null, Value(content == nil ? nil : digest), Value(digest),
                Value(target), Value(withheld?.rawValue), .null,
            ]
        }
    }

    fileprivate init?(_ row: Row) {
        guard let address = row.text(0).flatMap({ Address($0) }) else { return nil }
        guard let text = row.text(1) else {
            if row.text(9) == Self.unsaid {
                self.init(address: address, subject: .unsaid)
                return
            }
            self.init(address: address, subject: .resource(row.text(10).map { RecordedFields(text: $0) }))
            return
        }
        guard let path = AbsolutePath(text) else { return nil }
        let status = row.text(2).flatMap { FileStatus.Kind(rawValue: $0) }.map { kind in
            FileStatus(
                kind: kind, permissions: Permissions(UInt16(truncatingIfNeeded: row.int(3))),
                owner: UInt32(truncatingIfNeeded: row.int(4)), group: UInt32(truncatingIfNeeded: row.int(5)))
        }
        self.init(address: address, subject: .path(PathImage(path: path, status: status, body: Self.body(row))))
    }

    private static func body(_ row: Row) -> PathImage.Body {
        let digest = row.text(7).flatMap { Digest(hexadecimal: $0) }
        let withheld = row.text(9).flatMap { PathImage.Withheld(rawValue: $0) }
        if let digest, withheld == .secret { return .sealed(digest) }
        if let withheld { return .withheld(withheld) }
        if let target = row.text(8) { return .link(target) }
        if !row.isNull(6) { return .content(row.bytes(6)) }
        return digest.map { .digest($0) } ?? .none
    }
}
