import Fetching
import Model
import SystemCalls

/// The process in which a transfer runs: it hears a request, gives up root's rights, and says what came.
public enum FetchProcess {
    private static let requestLimit = 1 << 20, bodyLimit = 64 << 20
    /// It ends itself a moment later than it should have come to an end; seconds.
    private static let grace = 3

    /// Runs to the end of the transfer that standard input asks for.
    public static func run() {
        do throws(FetchFault) {
            let (request, body) = try heard()
            do throws(HostFault) { try ThisProcess.becomeNobody(for: request.patience + grace) } catch {
                throw FetchFault(.machine, error.text)
            }
            try Transfer(request, body: body).run { (word) throws(FetchFault) in
                switch word {
                case .answer(let answer): say(answer.datum.compactJSON)
                case .piece(let bytes):
                    say("\(bytes.count)")
                    LocalFiles.writeAll(bytes, to: 1)
                }
            }
            say("0")
        } catch {
            say(error.datum.compactJSON)
        }
    }

    private static func say(_ line: String) { LocalFiles.writeAll(Array("\(line)\n".utf8), to: 1) }

    private static func heard() throws(FetchFault) -> (FetchRequest, [UInt8]) {
        let unknown = FetchFault(.usage, "expected a request as Lodestar itself writes it")
        do throws(ReadFault) {
            var line: [UInt8] = []
            while line.last != UInt8(ascii: "\n") {
                let byte = try OpenFile.next(1, of: 0)
                if byte.isEmpty || line.count > requestLimit { throw ReadFault.large(limit: requestLimit) }
                line += byte
            }
            guard let datum = try? Datum(json: line), let (request, count) = FetchRequest.read(datum),
                (0...bodyLimit).contains(count)
            else { throw ReadFault.large(limit: bodyLimit) }
            return (request, try OpenFile.next(count, of: 0))
        } catch {
            throw unknown
        }
    }
}
