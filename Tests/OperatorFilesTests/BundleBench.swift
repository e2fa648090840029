import Bundles
import Compiler
import Foundation
import SystemFiles
import Model
import Signatures
import TestSupport
import Testing

@testable import OperatorFiles

/// Bundles of a small site, good ones and others, and a root that follows them.
struct BundleBench {
    static let now: Int64 = 1_800_000_000
    static let made = now - 1000
    static let commit = String(repeating: "c", count: 40)
    static let files = ["manifests/a.yaml": "a: 1\n", "manifests/b.yaml": "b: 2\n", "site.yaml": "site: test\n"]

    let keygen = Keygen()
    let folder = TemporaryFolder()
    let key: (file: String, line: String)
    let other: (file: String, line: String)
    var path: String { "\(folder.path)/prod.site.tar" }
    var state: String { "\(folder.path)/state" }

    init() throws {
        key = try keygen.key("ed25519")
        other = try keygen.key("ed25519")
        try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
    }

    var fingerprint: String { SigningKey(line: key.line).map { "\($0.fingerprint)" } ?? "" }

    /// - Parameter options: of the line of the allowed signers.
    func access(_ options: String = "namespaces=\"git,lodestar-bundle\"", revoked: String? = nil) -> SourceAccess {
        var diagnostics = Diagnostics()
        var policy = TrustPolicy(
            signers: AllowedSigners(
                parsing: Array("ana \(options) \(key.line)\n".utf8), path: "signers", into: &diagnostics))
        policy.revoked = revoked.map {
            RevokedKeys(parsing: Array("\($0)\n".utf8), path: "revoked", into: &diagnostics)
        }
        var access = SourceAccess(trust: SourceTrust(policy, notBefore: 0, clock: Self.now))
        access.state = state
        return access
    }

    func writer(
        _ files: [String: String] = files, commit: String = commit, created: Int64 = made, lifetime: Int64? = nil
    ) throws -> BundleWriter {
        try BundleWriter(
            MapSite(files), named: "test", commit: commit, subject: "One", created: created, lifetime: lifetime)
    }

    func signature(of list: [UInt8], by key: String? = nil, namespace: String = "lodestar-bundle") throws -> [UInt8] {
        try keygen.signature(of: list, by: key ?? self.key.file, namespace: namespace)
    }

    /// The bytes of a bundle that is signed by the one who counts, unless another signature is given.
    func bytes(_ writer: BundleWriter, signature: [UInt8]?? = nil) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try writer.write(signature: try signature ?? self.signature(of: writer.list.bytes)) { bytes += $0 }
        return bytes
    }

    /// A bundle whose list says anything, signed well.
    func bytes(listing list: String) throws -> [UInt8] {
        let list = Array(list.utf8)
        return TarEntry.bytes([
            try TarEntry("BUNDLE", list), try TarEntry("BUNDLE.sig", try signature(of: list)),
        ])
    }

    func write(_ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(filePath: path)) }

    func open(_ access: SourceAccess? = nil) throws(SourceFault) -> OpenSite {
        try SiteSource(parsing: path).opened(access ?? self.access())
    }

    /// What is there beside the bundle: nothing else may come.
    var names: [String] {
        (try? FileManager.default.subpathsOfDirectory(atPath: folder.path))?.filter { !$0.hasSuffix(".lock") }.sorted()
            ?? []
    }
}

/// One entry of a tar file, as anybody might write it.
struct TarEntry {
    var header: [UInt8]
    var content: [UInt8]

    init(_ name: String, _ content: [UInt8], type: Character = "0", time: Int64 = BundleBench.made) throws {
        header = try #require(
            TarHeader.block(ofFile: Array(name.utf8), mode: 0o644, byteCount: content.count, time: Int(time)))
        self.content = content
        put([type.asciiValue ?? 0], at: 156)
    }

    /// Changes the header, whose sum is right again.
    mutating func put(_ bytes: [UInt8], at offset: Int) {
        header.replaceSubrange(offset..<(offset + bytes.count), with: bytes)
        header.replaceSubrange(148..<156, with: repeatElement(0x20, count: 8))
        let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
        header.replaceSubrange(148..<155, with: Array((String(repeating: "0", count: 6 - sum.count) + sum).utf8) + [0])
    }

    mutating func rename(_ name: String) {
        let bytes = Array(name.utf8)
        put(bytes + [UInt8](repeating: 0, count: 100 - bytes.count), at: 0)
    }

    mutating func resize(_ count: Int) {
        let digits = String(count, radix: 8)
        put(Array((String(repeating: "0", count: 11 - digits.count) + digits).utf8), at: 124)
    }

    /// The entries of a good one.
    static func entries(_ bytes: [UInt8]) throws -> [TarEntry] {
        var entries: [TarEntry] = [], offset = 0
        while bytes[offset] != 0 {
            let header = Array(bytes[offset..<(offset + 512)])
            let count = try #require(TarHeader(header)?.byteCount)
            var entry = try TarEntry("x", Array(bytes[(offset + 512)..<(offset + 512 + count)]))
            entry.header = header
            entries.append(entry)
            offset += 512 + (count + 511) / 512 * 512
        }
        return entries
    }

    static func bytes(_ entries: [TarEntry], end: Int = 1024) -> [UInt8] {
        entries.flatMap { entry in
            entry.header + entry.content
                + [UInt8](repeating: 0, count: (512 - entry.content.count % 512) % 512)
        } + [UInt8](repeating: 0, count: end)
    }
}
