import Foundation

/// The bytes of a file.
enum Bytes {
    static func of(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }
}
