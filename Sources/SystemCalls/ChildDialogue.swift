import CShim
import Glibc
public import Values

/// A program that answers what it is asked, one question after the other. It ends with its last user, killed whole.
public final class ChildDialogue {
    private var dialogue = lodestar_dialogue()
    private let program: String
    private let timeout: Int32
    private var buffer: [UInt8]
    private var start = 0
    private var end = 0

    /// Starts the program of a run, whose `timeout` is that of each answer; its standard error is lost.
    ///
    /// - Throws: where the program was not executed.
    public init(_ run: ChildRun) throws(ChildFault) {
        program = run.arguments.first ?? ""
        timeout = Int32(clamping: run.timeout)
        buffer = [UInt8](repeating: 0, count: 1 << 16)
        var dialogue = lodestar_dialogue()
        let stage = run.withRequest { lodestar_dialogue_begin(&$0, &dialogue) }
        self.dialogue = dialogue
        if let fault = ChildFault.Stage(stage) { throw ChildFault(stage: fault, error: ErrorNumber(dialogue.error)) }
    }

    deinit { lodestar_dialogue_end(&dialogue) }

    public func ask(_ text: String) throws(HostFault) { try ask(Array(text.utf8)) }

    public func ask(_ bytes: [UInt8]) throws(HostFault) {
        let result = bytes.withUnsafeBytes { lodestar_dialogue_tell(&dialogue, $0.baseAddress, $0.count) }
        if result < 0 { throw fault("ask", result == -EPIPE ? "it has ended" : ErrorNumber.text(-result)) }
    }

    /// The next line, without its end.
    public func line(limit: Int) throws(HostFault) -> String {
        var line: [UInt8] = []
        while true {
            try fill()
            let rest = buffer[start..<end]
            if let stop = rest.firstIndex(of: UInt8(ascii: "\n")) {
                line += buffer[start..<stop]
                start = stop + 1
                return String(decoding: line, as: UTF8.self)
            }
            line += rest
            start = end
            if line.count > limit { throw fault("read", "it answers with a line of more than \(limit) bytes") }
        }
    }

    /// Hands over the next bytes, some at a time.
    public func bytes(_ count: Int, _ sink: ByteStream.Sink) throws(HostFault) {
        var left = count
        while left > 0 {
            try fill()
            let step = min(left, end - start), from = start
            start += step
            left -= step
            var fault: HostFault?
            buffer.withUnsafeBytes { bytes in
                do throws(HostFault) {
                    try sink(UnsafeRawBufferPointer(rebasing: bytes[from..<from + step]))
                } catch {
                    fault = error
                }
            }
            if let fault { throw fault }
        }
    }

    private func fill() throws(HostFault) {
        if start < end { return }
        let count = buffer.withUnsafeMutableBytes {
            lodestar_dialogue_hear(&dialogue, $0.baseAddress, $0.count, timeout)
        }
        if count == 0 { throw fault("read", "it has ended") }
        if count == -Int(ECANCELED) { throw fault("read", "it was interrupted") }
        if count < 0 { throw fault("read", ErrorNumber.text(Int32(-count))) }
        (start, end) = (0, count)
    }

    /// The object of the faults of a program.
    public static func name(of program: String) -> String { "the program `\(program)`" }

    private func fault(_ operation: String, _ reason: String) -> HostFault {
        HostFault(operation, Self.name(of: program), reason)
    }
}
