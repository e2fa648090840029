public import Model

/// What a server answered, before its body.
public struct FetchAnswer: Sendable, Hashable {
    /// Such as 200.
    public var status: Int
    /// Where it came from in the end.
    public var address: String
    /// Those that are asked about, with names in lower case.
    public var fields: [FetchRequest.Field]

    /// The fields that are handed on: the others decide nothing.
    public static let knownFields = ["etag", "content-length", "content-range"]

    public init(status: Int, address: String, fields: [FetchRequest.Field]) {
        (self.status, self.address, self.fields) = (status, address, fields)
    }

    public subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    /// The mark of this state of the file that a range may be asked by (RFC 9110 §8.8.3); nil for none and for a weak one.
    public var strongTag: String? { self["etag"].flatMap { $0.hasPrefix("\"") ? $0 : nil } }

    /// Where the part begins that the server sends of the whole; nil where it does not say so.
    public var rangeStart: Int? {
        guard let text = self["content-range"], text.hasPrefix("bytes ") else { return nil }
        return Int(text.dropFirst("bytes ".count).prefix { $0 != "-" })
    }

    public var datum: Datum {
        ["status": .int(Int64(status)), "url": .string(address), "fields": fields.datum]
    }

    init?(_ datum: Datum) {
        guard case .int(let status)? = datum["status"], case .string(let address)? = datum["url"] else { return nil }
        self.init(status: Int(status), address: address, fields: .init(datum["fields"]))
    }
}

/// Why a transfer came to nothing.
public struct FetchFault: Error, Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
        /// What was asked for cannot be asked.
        case usage
        /// There is no such name, nobody takes the connection, or it ends.
        case network
        /// The other side is not who it must be.
        case identity
        /// It took too long, or came too slowly.
        case time
        /// More came than is taken, or something that is no HTTP, or it was sent where nobody goes.
        case answer
        /// Something of this machine is in the way.
        case machine
    }

    public var kind: Kind
    public var reason: String

    public init(_ kind: Kind, _ reason: String) { (self.kind, self.reason) = (kind, reason) }

    public var datum: Datum { ["fault": .string(kind.rawValue), "reason": .string(reason)] }

    /// nil for what is no fault.
    init?(_ datum: Datum) {
        guard case .string(let word)? = datum["fault"], let kind = Kind(rawValue: word),
            case .string(let reason)? = datum["reason"]
        else { return nil }
        self.init(kind, reason)
    }
}
