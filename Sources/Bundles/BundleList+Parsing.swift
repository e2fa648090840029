public import Model
import SignedFiles
import Values

extension BundleList {
    /// Reads the first entry of a bundle strictly: each key once, no others, and files that a site may have.
    public init(parsing bytes: [UInt8]) throws(SourceFault) {
        let object = try StrictObject(
            parsing: bytes, of: Self.origin, "the list", format: Self.format,
            required: ["site", "commit", "subject", "created", "files"], more: ["expires"])
        site = try object.text("site", limit: BundleLimits.textSize)
        subject = try object.text("subject", limit: BundleLimits.textSize)
        commit = try object.value("commit", GitCommitName.expectation) { GitCommitName($0)?.text }
        let lifetime = try object.lifetime()
        (created, expires) = (lifetime.created, lifetime.expires)
        files = []
        for (index, item) in try object.list("files").enumerated() { files.append(try File(item, index)) }
        do throws(SourceFault) { try BundleLimits.check(files) } catch { throw Self.origin.fault(error.reason) }
    }

    fileprivate static let origin = StrictObject.Origin(name, madeBy: "lodestar bundle")
}

extension BundleList.File {
    fileprivate init(_ datum: Datum, _ index: Int) throws(SourceFault) {
        let keys = ["path", "mode", "bytes", "sha256"]
        let object = try StrictObject(datum, of: BundleList.origin, "`files`, item \(index + 1)", required: keys)
        path = try object.text("path")
        isExecutable = try object.value("mode", "100644 or 100755") {
            $0 == Self.executable ? true : $0 == Self.plain ? false : nil
        }
        byteCount = try object.number("bytes")
        sha256 = try object.digest("sha256")
    }
}
