import Model
import Signatures
import TestSupport
import Testing

@testable import InstallTokens

@Suite struct InstallTokenTests {
    static let made: Int64 = 1_795_800_000

    static let token = InstallToken(
        sn: "7XK2M03", disks: ["WD-2", "S3Z \"ä\"", "WD-1", "WD-2"], wipe: ["xfs", "LVM2_member"], reinstall: "2026-2",
        created: made, expires: made + 3600)

    private let keygen = Keygen()

    private func signed(_ bytes: [UInt8], namespace: String = "lodestar-install") throws -> (file: [UInt8], TrustPolicy)
    {
        let key = try keygen.key("ed25519")
        let signature = try keygen.signature(of: bytes, by: key.file, namespace: namespace)
        var diagnostics = Diagnostics()
        let signers = AllowedSigners(parsing: Array("ana \(key.line)\n".utf8), path: "signers", into: &diagnostics)
        return (bytes + signature, TrustPolicy(signers: signers))
    }

    @Test func aTokenIsReadAsItIsWritten() throws {
        let (file, policy) = try signed(Self.token.bytes)
        let (token, signer) = try SignedToken(file).token(verifiedBy: policy, now: Self.made + 3599, latest: nil)
        #expect(token == Self.token && signer == "ana" && token.disks == ["S3Z \"ä\"", "WD-1", "WD-2"])
        #expect(
            String(decoding: token.bytes, as: UTF8.self)
                == #"{"format":1,"sn":"7XK2M03","disks":["S3Z \"ä\"","WD-1","WD-2"],"wipe":["LVM2_member","xfs"],"reinstall":"2026-2","created":"2026-11-27T17:20:00Z","expires":"2026-11-27T18:20:00Z"}"#
                + "\n")
        var other = token
        other.sn = "7XK2M04"
        #expect(token.digest != other.digest)
    }

    /// What is said of a token whose signature is good.
    @Test(arguments: [
        (made + 3600, made + 9999, "it counts until 2026-11-27T18:20:00Z, and it is 2026-11-27T18:20:00Z"),
        (made, made - 1, "it was made at 2026-11-27T17:20:00Z, which has not come yet"),
    ]) func aTokenHasItsTime(now: Int64, latest: Int64, said: String) throws {
        let (file, policy) = try signed(Self.token.bytes)
        let fault = #expect(throws: SourceFault.self) {
            try SignedToken(file).token(verifiedBy: policy, now: now, latest: latest)
        }
        #expect(fault?.kind == .untrusted && fault?.reason.contains(said) == true, "\(fault?.reason ?? "")")
    }

    @Test func othersSignaturesCountForNothing() throws {
        let (file, policy) = try signed(Self.token.bytes)
        let (_, stranger) = try signed(Self.token.bytes)
        let (bundle, bundlePolicy) = try signed(Self.token.bytes, namespace: "lodestar-bundle")
        for (file, policy, said) in [
            (file, stranger, "nobody allows the key"), (Self.token.bytes, policy, "bears no signature"),
            (bundle, bundlePolicy, "for the namespace `lodestar-bundle`, not `lodestar-install`"),
            (Array(file.dropLast()), policy, "it is no SSH signature"), (file + [10], policy, "it is no SSH signature"),
        ] {
            let fault = #expect(throws: SourceFault.self) {
                try SignedToken(file).token(verifiedBy: policy, now: Self.made, latest: nil)
            }
            #expect(fault?.kind == .untrusted && fault?.reason.contains(said) == true, "\(fault?.reason ?? "")")
        }
        // No byte of the line can be another.
        for place in Self.token.bytes.indices {
            var changed = file
            changed[place] ^= 1
            let fault = #expect(throws: SourceFault.self) {
                try SignedToken(changed).token(verifiedBy: policy, now: Self.made, latest: nil)
            }
            #expect(fault?.kind == .untrusted, "\(place)")
        }
    }

    static let times = #""created":"2026-11-27T17:20:00Z","expires":"2026-11-27T18:20:00Z"}"# + "\n"

    /// What a signed line may not say, and what a person is told.
    @Test(arguments: [
        (#"{"format":1,"sn":"a","disks":["b"],"more":1,"# + times, "found the key `more`"),
        (#"{"format":1,"sn":"a","sn":"a","disks":["b"],"# + times, "expected each key once, found `sn` twice"),
        (#"{"format":2,"sn":"a","disks":["b"],"# + times, "expected `format` 1, found 2"),
        (#"{"format":1,"sn":"a","disks":["b"],"created":"2026-11-27T17:20:00Z"}"# + "\n", "expected `expires`"),
        (#"{"format":1,"sn":"","disks":["b"],"# + times, "expected the serial of the machine, found none"),
        (#"{"format":1,"sn":" a","disks":["b"],"# + times, "found blanks around ` a`"),
        (#"{"format":1,"sn":"a\u0007","disks":["b"],"# + times, "found control characters"),
        (#"{"format":1,"sn":"a","disks":[],"# + times, "expected the serial of a disk, found none"),
        (#"{"format":1,"sn":"a","disks":[1],"# + times, "expected `disks` as a list of texts"),
        (#"{"format":1,"sn":"a","disks":["c","b"],"# + times, "found the same otherwise"),
        (#"{"format":1,"sn":"a","disks":["b","b"],"# + times, "found the same otherwise"),
        (#"{"format":1,"sn":"a","disks":["b"],"wipe":[],"# + times, "found the same otherwise"),
        (#"{"format":1, "sn":"a","disks":["b"],"# + times, "found the same otherwise"),
        (#"{"sn":"a","format":1,"disks":["b"],"# + times, "found the same otherwise"),
        (#"{"format":1,"sn":"a","disks":["b"],"wipe":["-x"],"# + times, "expected the name of a signature"),
        (#"{"format":1,"sn":"a","disks":["b"],"reinstall":"a b","# + times, "in the id of a reinstall, found `a b`"),
        (
            #"{"format":1,"sn":"a","disks":["b"],"created":"2026-11-27T17:20:00Z","expires":"2027-01-27T17:20:00Z"}"#
                + "\n", "a life of at most 30 days"
        ),
    ]) func anotherTextIsRefused(_ text: String, _ said: String) throws {
        let (file, policy) = try signed(Array(text.utf8))
        let fault = #expect(throws: SourceFault.self) {
            try SignedToken(file).token(verifiedBy: policy, now: Self.made, latest: nil)
        }
        #expect(fault?.kind == .refused && fault?.reason.contains(said) == true, "\(fault?.reason ?? "")")
    }
}
