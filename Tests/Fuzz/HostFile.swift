// modules: HostFiles Model
// Any bytes as each of the host's files: what was read is written back byte for byte, and an edit made twice is the edit
// made once.
import HostFiles
import Model

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    require(PasswdFile(parsing: bytes).bytes == bytes, "passwd")
    require(GroupFile(parsing: bytes).bytes == bytes, "group")
    require(GshadowFile(parsing: bytes).bytes == bytes, "gshadow")
    require(ShadowFile(parsing: bytes).bytes == bytes, "shadow")
    require(SubordinateFile(parsing: bytes).bytes == bytes, "subuid")
    require(AuthorizedKeys(parsing: bytes).bytes == bytes, "authorized_keys")
    require(Crontab(parsing: bytes).bytes == bytes, "crontab")
    let lines = TextLines(parsing: bytes)
    require(lines.bytes == bytes, "lines")
    _ = DpkgStatus(parsing: bytes)
    _ = UnitFile(parsing: bytes)
    for edit in edits {
        guard let once = applied(edit, to: bytes) else { continue }
        require(applied(edit, to: once) == once, "an edit made twice")
    }
    return 0
}

/// Says what does not hold, since a release build keeps a precondition's text to itself.
private func require(_ holds: Bool, _ claim: String) {
    if holds { return }
    print("does not hold:", claim)
    fatalError(claim)
}

private func applied(_ edit: any DocumentEdit, to bytes: [UInt8]) -> [UInt8]? {
    var document = EditedDocument(for: edit, parsing: bytes)
    do { try document.apply(edit) } catch { return nil }
    return document.bytes
}

private let edits: [any DocumentEdit] = [
    LineEdit(text: Content("key = 1"), match: "^key"),
    LineEdit(text: Content("key = 1"), match: "^key", isPresent: false),
    LineEdit(text: Content("last"), insertAfter: "x"),
    CrontabEdit.set(CrontabRecord(name: "job", schedule: "1 2 * * *", user: nil, command: "/bin/true")),
    CrontabEdit.remove(name: "job"),
]
