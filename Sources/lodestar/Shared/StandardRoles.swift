/// The roles of `Manifests/`, embedded when the binary is built.
enum StandardRoles {
    static let all: [String: [UInt8]] = [:]
}
