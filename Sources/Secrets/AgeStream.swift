import Crypto
import FoundationEssentials
import Model

/// The payload of an age file: chunks of 64 KiB, each sealed under its number and whether it is the last (STREAM).
struct AgeStream {
    let key: SymmetricKey

    init(_ key: SymmetricKey) {
        self.key = key
    }

    func sealed(_ plaintext: [UInt8]) throws -> [UInt8] {
        var result: [UInt8] = []
        var start = 0, number: UInt64 = 0
        repeat {
            let end = min(start + AgeFile.chunkSize, plaintext.count)
            let box = try ChaChaPoly.seal(
                plaintext[start..<end], using: key, nonce: try nonce(number, isLast: end == plaintext.count))
            result += box.ciphertext
            result += box.tag
            start = end
            number += 1
        } while start < plaintext.count
        return result
    }

    func opened(_ payload: ArraySlice<UInt8>) throws(SecretFault) -> [UInt8] {
        var result: [UInt8] = [], rest = payload, number: UInt64 = 0
        do {
            repeat {
                let chunk = rest.prefix(AgeFile.chunkSize + 16)
                rest = rest.dropFirst(chunk.count)
                guard chunk.count >= 16 else { throw SecretFault("it is cut off") }
                let box = try ChaChaPoly.SealedBox(
                    nonce: try nonce(number, isLast: rest.isEmpty), ciphertext: chunk.dropLast(16),
                    tag: chunk.suffix(16))
                result += try ChaChaPoly.open(box, using: key)
                number += 1
            } while !rest.isEmpty
        } catch {
            throw SecretFault("its content was changed or cut off")
        }
        return result
    }

    private func nonce(_ number: UInt64, isLast: Bool) throws -> ChaChaPoly.Nonce {
        let counter = (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * UInt64($0))) }
        return try ChaChaPoly.Nonce(data: [0, 0, 0] + counter + [isLast ? 1 : 0])
    }
}
