// modules: SystemFiles Model
// Any bytes as each of the host's files: what was read is written back byte for byte, and an edit made twice is the edit
// made once.
import SystemFiles
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
    _ = SudoersFile(parsing: bytes)
    _ = UnitFile(parsing: bytes)
    let text = Base64.text(of: bytes)
    for family in ["ssh-ed25519", "ssh-rsa", "sk-ecdsa-sha2-nistp256"] {
        _ = OpenSSHCertificate(line: "\(family)-cert-v01@openssh.com \(text)")
    }
    _ = OpenSSHKey.publicKey(
        of: Array("-----BEGIN OPENSSH PRIVATE KEY-----\n\(text)\n-----END OPENSSH PRIVATE KEY-----\n".utf8), comment: ""
    )
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

private let keys = [PublicKey(line: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0mQTs4dd2tH8FVJw4MzTWAQGZFC1nTmVYKKnCZ1Qs6")]
    .compactMap(\.self)

private let edits: [any DocumentEdit] = [
    KeysEdit.setGroup(KeyGroupContent("g", keys: keys.map { ("a", $0) }, kept: ["b"])),
    KeysEdit.setGroup(KeyGroupContent("g")),
    LineEdit(text: Content("key = 1"), match: "^key"),
    LineEdit(text: Content("key = 1"), match: "^key", isPresent: false),
    LineEdit(text: Content("last"), insertAfter: "x"),
    BlockEdit(text: Content("a\nb\n"), marker: BlockMarker("# {mark} x"), former: BlockMarker("{mark}")),
    BlockEdit(text: Content(""), marker: BlockMarker("# {mark} x"), isPresent: false),
    OptionEdit(section: "s", option: "k", value: Content("1\n2")),
    OptionEdit(option: "k", value: Content("1"), separator: ":"),
    OptionEdit(section: "s", option: "k", isPresent: false),
    HostsEdit(
        HostRecord(name: "a", aliases: ["b"], addresses: [IPAddress("192.0.2.7"), IPAddress("::1")].compactMap(\.self))),
    HostsEdit(HostRecord(name: "a", aliases: [], addresses: []), isPresent: false),
    LimitEdit(LimitLine(domain: "a", type: "-", item: "core", value: "0")),
    KnownHostEdit(KnownHostRecord(names: ["a", "b"], keys: .exactly(keys), hasAliases: true)),
    KnownHostEdit(KnownHostRecord(names: ["a"], keys: .atLeast(keys), isHashed: true)),
    CrontabEdit.set(CrontabRecord(name: "job", schedule: "1 2 * * *", user: nil, command: "/bin/true")),
    CrontabEdit.remove(name: "job"),
]
