import CLibYAML
import Values

/// One event of libyaml with its position.
struct YAMLEvent {
    enum Kind {
        case scalar(String, isQuoted: Bool), alias(String)
        case listStart, listEnd, mapStart, mapEnd
        case documentStart, documentEnd, streamEnd
    }

    var kind: Kind
    var line: Int
    var column: Int
    var endLine: Int
    var endColumn: Int
    var tag: String?
    var anchor: String?
}

/// A syntax error of libyaml's scanner or parser.
struct YAMLSyntaxFault: Error {
    var problem: String
    var context: String?
    var line: Int
    var column: Int
}

/// libyaml's events, one at a time. The bytes must outlive it.
final class YAMLEventStream {
    private let parser: UnsafeMutablePointer<yaml_parser_t>

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        yaml_parser_initialize(parser)
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    func next() throws(YAMLSyntaxFault) -> YAMLEvent {
        var event = yaml_event_t()
        repeat {
            guard yaml_parser_parse(parser, &event) == 1 else { throw fault }
        } while event.type == YAML_STREAM_START_EVENT
        defer { yaml_event_delete(&event) }
        let (tag, anchor) = properties(of: event)
        return YAMLEvent(
            kind: kind(of: event), line: event.start_mark.line + 1, column: event.start_mark.column + 1,
            endLine: event.end_mark.line + 1, endColumn: event.end_mark.column + 1, tag: tag, anchor: anchor)
    }

    private func kind(of event: yaml_event_t) -> YAMLEvent.Kind {
        switch event.type {
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            return .scalar(text, isQuoted: scalar.style != YAML_PLAIN_SCALAR_STYLE)
        case YAML_ALIAS_EVENT: return .alias(Self.text(event.data.alias.anchor) ?? "")
        case YAML_SEQUENCE_START_EVENT: return .listStart
        case YAML_SEQUENCE_END_EVENT: return .listEnd
        case YAML_MAPPING_START_EVENT: return .mapStart
        case YAML_MAPPING_END_EVENT: return .mapEnd
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        default: return .streamEnd
        }
    }

    private func properties(of event: yaml_event_t) -> (tag: String?, anchor: String?) {
        switch event.type {
        case YAML_SCALAR_EVENT: (Self.text(event.data.scalar.tag), Self.text(event.data.scalar.anchor))
        case YAML_SEQUENCE_START_EVENT:
            (Self.text(event.data.sequence_start.tag), Self.text(event.data.sequence_start.anchor))
        case YAML_MAPPING_START_EVENT:
            (Self.text(event.data.mapping_start.tag), Self.text(event.data.mapping_start.anchor))
        default: (nil, nil)
        }
    }

    private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        pointer.map { String(cString: $0) }
    }

    private var fault: YAMLSyntaxFault {
        let parser = parser.pointee
        return YAMLSyntaxFault(
            problem: parser.problem.map { String(cString: $0) } ?? "out of memory",
            context: parser.context.map { String(cString: $0) }, line: parser.problem_mark.line + 1,
            column: parser.problem_mark.column + 1)
    }
}
