import Values

extension Function {
    static let conversions: [Function] = [
        Function("dyn") { _, arguments in arguments.count == 1 ? arguments[0] : nil },
        Function("type") { _, arguments in arguments.count == 1 ? .type(arguments[0].typeName) : nil },
        Function("int") { _, arguments in arguments.count == 1 ? try int(arguments[0]) : nil },
        Function("uint") { _, arguments in arguments.count == 1 ? try uint(arguments[0]) : nil },
        Function("double") { _, arguments in arguments.count == 1 ? try double(arguments[0]) : nil },
        Function("bool") { _, arguments in arguments.count == 1 ? try bool(arguments[0]) : nil },
        Function("string") { _, arguments in arguments.count == 1 ? try string(arguments[0]) : nil },
        Function("bytes") { _, arguments in
            guard arguments.count == 1 else { return nil }
            switch arguments[0] {
            case .bytes: return arguments[0]
            case .string(let text): return .bytes(Array(text.utf8))
            default: return nil
            }
        },
        Function("timestamp") { _, arguments in arguments.count == 1 ? try timestamp(arguments[0]) : nil },
        Function("duration") { _, arguments in
            guard arguments.count == 1 else { return nil }
            switch arguments[0] {
            case .duration: return arguments[0]
            case .string(let text):
                guard let duration = Duration(expressionText: text) else {
                    throw Fault("'\(text)' is no duration", hint: "for example 20s, 5m, 1h30m; at most some 292 years")
                }
                return .duration(duration)
            default: return nil
            }
        },
    ]

    static let encoders: [Function] = [
        Function("base64.encode") { evaluation, arguments in
            guard arguments.count == 1, case .bytes(let bytes) = arguments[0] else { return nil }
            try evaluation.occupy(bytes.count * 2)
            return .string(Base64.text(of: bytes))
        },
        Function("base64.decode") { evaluation, arguments in
            guard arguments.count == 1, case .string(let text) = arguments[0] else { return nil }
            try evaluation.occupy(text.utf8.count)
            guard let bytes = Base64.bytes(of: text.utf8, .lenient) else { throw Fault("a text that is no base64") }
            return .bytes(bytes)
        },
    ]

    private static func int(_ value: Value) throws -> Value? {
        switch value {
        case .int: return value
        case .uint(let number):
            guard let whole = Int64(exactly: number) else { throw Fault("int overflow") }
            return .int(whole)
        case .double(let number):
            guard number > -0x1p63, number < 0x1p63 else { throw Fault("int overflow") }
            return .int(Int64(number))
        case .string(let text):
            guard let whole = Int64(text) else { throw Fault("'\(text)' is no int") }
            return .int(whole)
        case .timestamp(let moment): return .int(moment.seconds)
        default: return nil
        }
    }

    private static func uint(_ value: Value) throws -> Value? {
        switch value {
        case .uint: return value
        case .int(let number):
            guard let whole = UInt64(exactly: number) else { throw Fault("uint overflow") }
            return .uint(whole)
        case .double(let number):
            guard number >= 0, number < 0x1p64 else { throw Fault("uint overflow") }
            return .uint(UInt64(number))
        case .string(let text):
            guard let whole = UInt64(text), !text.hasPrefix("+") else { throw Fault("'\(text)' is no uint") }
            return .uint(whole)
        default: return nil
        }
    }

    private static func double(_ value: Value) throws -> Value? {
        switch value {
        case .double: return value
        case .int(let number): return .double(Double(number))
        case .uint(let number): return .double(Double(number))
        case .string(let text):
            guard let number = parseDouble(text) else { throw Fault("'\(text)' is no double") }
            return .double(number)
        default: return nil
        }
    }

    /// Reads a decimal number, `NaN` or `Infinity`; nil for anything else or out of range.
    static func parseDouble(_ text: String) -> Double? {
        let isNegative = text.hasPrefix("-")
        let body = isNegative || text.hasPrefix("+") ? text.dropFirst() : text[...]
        switch body.lowercased() {
        case "nan": return .nan
        case "inf", "infinity": return isNegative ? -.infinity : .infinity
        default: break
        }
        let allowed = "0123456789.eE+-".utf8
        guard let first = body.utf8.first, first == UInt8(ascii: ".") || first.isASCIIDigit,
            body.utf8.allSatisfy({ allowed.contains($0) }),
            let number = Double(String(body)) ?? Double("0" + body) ?? Double(String(body) + "0"), number.isFinite
        else { return nil }
        return isNegative ? -number : number
    }

    private static func bool(_ value: Value) throws -> Value? {
        switch value {
        case .bool: return value
        case .string(let text):
            switch text {
            case "1", "t", "T", "true", "TRUE", "True": return .bool(true)
            case "0", "f", "F", "false", "FALSE", "False": return .bool(false)
            default: throw Fault("'\(text)' is no bool")
            }
        default: return nil
        }
    }

    private static func string(_ value: Value) throws -> Value? {
        switch value {
        case .string: return value
        case .bool(let value): return .string(value ? "true" : "false")
        case .int(let value): return .string(String(value))
        case .uint(let value): return .string(String(value))
        case .double(let value): return .string(NumberText.general(value))
        case .bytes(let bytes):
            guard let text = String(validating: bytes, as: UTF8.self) else { throw Fault("bytes that are no UTF-8") }
            return .string(text)
        case .timestamp(let moment): return .string(moment.text)
        case .duration(let length): return .string(length.expressionText)
        case .type(let name): return .string(name)
        default: return nil
        }
    }

    private static func timestamp(_ value: Value) throws -> Value? {
        switch value {
        case .timestamp: return value
        case .int(let seconds):
            guard let moment = Timestamp(seconds: seconds) else { throw Fault("timestamp out of range") }
            return .timestamp(moment)
        case .string(let text):
            guard let moment = Timestamp(text) else {
                throw Fault(
                    "'\(text)' is no timestamp", hint: "for example 2009-02-13T23:31:30Z, in the years 1 to 9999")
            }
            return .timestamp(moment)
        default: return nil
        }
    }
}
