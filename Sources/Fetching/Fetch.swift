import Model
import SystemCalls

/// One transfer that is under way, in a process of its own: it ends with its last user, killed whole.
///
/// The process answers with a line of JSON, the answer or a fault. Behind an answer come pieces of the body, each behind a line with its
/// number of bytes, then a line with 0; a fault may take the place of each line.
public final class Fetch {
    public let answer: FetchAnswer
    private let dialogue: ChildDialogue
    private var isAtEnd = false

    /// The program's own word for the process.
    public static let word = "fetch-child"
    /// The program, and the word.
    public static var ownProgram: [String] { [ThisProcess.programPath, word] }
    private static let lineLimit = 64 << 10
    /// The most bytes of a piece.
    public static let pieceLimit = 256 << 10

    /// Begins it, and waits for the answer.
    ///
    /// - Parameters:
    ///   - body: what is sent.
    ///   - program: the words of the program that does it.
    public init(_ request: FetchRequest, body: [UInt8] = [], by program: [String] = Fetch.ownProgram) throws(FetchFault)
    {
        // The process ends itself earlier, and says why.
        let patience = Int64(min(request.patience, max(request.slowest.seconds, Self.leastPatience)) + 5) * 1000
        var run = ChildRun(program, environment: SearchPath.ownEnvironment, timeout: patience)
        run.directory = "/"
        do throws(ChildFault) { dialogue = try ChildDialogue(run) } catch {
            throw FetchFault(.machine, "the fetching process cannot be started: \(error.error.text)")
        }
        let dialogue = dialogue
        answer = try Self.naming { () throws(HostFault) in
            try dialogue.ask(request.datum(bodyByteCount: body.count).compactJSON + "\n")
            try dialogue.ask(body)
            return try dialogue.line(limit: Self.lineLimit)
        } read: { line in
            FetchAnswer(line)
        }
    }

    /// How long names are looked up, connections tried and handshakes made before a first byte comes; seconds.
    private static let leastPatience = 180

    /// The next bytes of the body; nil at its end.
    public func piece() throws(FetchFault) -> [UInt8]? {
        if isAtEnd { return nil }
        let dialogue = dialogue
        let count = try Self.naming { () throws(HostFault) in
            try dialogue.line(limit: Self.lineLimit)
        } read: { line in
            if case .int(let count) = line, (0...Int64(Self.pieceLimit)).contains(count) { Int(count) } else { nil }
        }
        isAtEnd = count == 0
        if isAtEnd { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        do throws(HostFault) { try dialogue.bytes(count) { bytes += $0 } } catch { throw Self.fault(error) }
        return bytes
    }

    /// All of a body that is not large.
    public func wholeBody() throws(FetchFault) -> [UInt8] {
        var bytes: [UInt8] = []
        while let piece = try piece() { bytes += piece }
        return bytes
    }

    private static func naming<Result>(
        _ hear: () throws(HostFault) -> String, read: (Datum) -> Result?
    ) throws(FetchFault) -> Result {
        let line: String
        do throws(HostFault) { line = try hear() } catch { throw fault(error) }
        guard let datum = try? Datum(json: Array(line.utf8)) else {
            throw FetchFault(.machine, "the fetching process says something that nobody knows")
        }
        if let fault = FetchFault(datum) { throw fault }
        guard let result = read(datum) else {
            throw FetchFault(.machine, "the fetching process says something that nobody knows")
        }
        return result
    }

    private static func fault(_ fault: HostFault) -> FetchFault {
        FetchFault(.machine, "the fetching process: \(fault.reason)")
    }
}
