import Expressions
import Testing

/// What the specification says beyond the published cases; both sides are expressions, compared with their types.
private let equations: [(String, String)] = [
    // Literals.
    (#"r"\""#, #"'\\'"#), (#"r'\1'"#, #"'\\1'"#), (#"'\x41\u00e9\U0001F600\101\?\`'"#, #"'Aé😀A?`'"#),
    (#"b'\xff\377é'"#, #"b'\377\xff\303\251'"#), ("'''a'b\n'''", #"'a\'b\n'"#), ("0xFFu", "255u"),
    ("-0x8000000000000000", "-9223372036854775808"), (".5e1", "5.0"), ("1e3", "1000.0"),
    ("1 // the rest is a comment", "1"), ("[1, 2,]", "[1, 2]"), ("{'a': 1,}", "{'a': 1}"),
    // Operators.
    ("1 + 2 * 3 - -4", "11"), ("-7 / 2", "-3"), ("-7 % 2", "-1"), ("!!true", "true"), ("- -1", "1"),
    ("true ? 1 : false ? 2 : 3", "1"), ("false && 1 / 0 > 0", "false"), ("1 / 0 > 0 || true", "true"),
    ("'x' || true", "true"), ("unbound || true", "true"), ("unbound(1) || true", "true"),
    ("2.0 / 0.0", "double('inf')"),
    // Numbers of different types.
    ("1 == 1.0 && 1u == 1 && 1.0 == 1u", "true"), ("1 < 1.5 && 2u > 1 && -1 < 0u", "true"),
    ("[1, 2u] == [1.0, 2]", "true"), ("{1: 2} == {1u: 2.0}", "true"), ("1 in [1.0] && 1u in {1: 'a'}", "true"),
    ("{1: 'a'}[1.0]", "'a'"), ("[7, 8][1u]", "8"), ("[7, 8][dyn(1.0)]", "8"), ("1 == '1'", "false"),
    ("double('NaN') == double('NaN')", "false"), ("double('NaN') != double('NaN')", "true"),
    ("double('NaN') < 1.0 || double('NaN') >= 1.0", "false"), ("'a' in [1, 'a', b'a']", "true"),
    ("9223372036854775807 < 9223372036854777857.0", "true"), ("null == 0", "false"), ("0.0 == -0.0", "true"),
    // Conversions.
    ("int(-7.9)", "-7"), ("int('-12')", "-12"), ("uint(7.9)", "7u"), ("double('1e3')", "1000.0"),
    ("string(1e100)", "'1e+100'"), ("string(-0.5)", "'-0.5'"), ("string(b'\\303\\251')", "'é'"), ("bytes('é')", "b'é'"),
    ("bool('t')", "true"), ("type(1u) == uint && type(type) == type", "true"), ("type(null)", "null_type"),
    ("type(duration('1s'))", "google.protobuf.Duration"), ("string(duration('1h1.5s'))", "'3601.5s'"),
    // Text.
    ("size('é😀')", "2"), ("size(b'é')", "2"), ("'é' == 'e\\u0301'", "false"), ("'abc'.substring(1, 2)", "'b'"),
    ("'a,b,c'.split(',', 2)", "['a', 'b,c']"), ("'ab'.split('')", "['a', 'b']"), ("'a,b'.split(',', 0)", "[]"),
    ("'aaa'.replace('a', 'b', 2)", "'bba'"), ("'ab'.replace('', '-')", "'-a-b-'"), ("'é€'.reverse()", "'€é'"),
    ("'tacocat'.lastIndexOf('a')", "5"), ("'tacocat'.indexOf('a', 2)", "5"), ("' \\u2003x\\t'.trim()", "'x'"),
    ("'ÀBc'.lowerAscii()", "'Àbc'"), ("['a', 'b'].join('-')", "'a-b'"),
    ("strings.quote('a\"\\n')", "'\"a\\\\\"\\\\n\"'"),
    ("'%s %d %.2f %e'.format(['x', 5u, 2.5, 1500.0])", "'x 5 2.50 1.500000e+03'"),
    ("'%x %X %o %b %%'.format([255, 'k', 8, true])", "'ff 6B 10 1 %'"),
    ("'%s'.format([{'b': [1, null], 'a': 1.5}])", "'{a: 1.5, b: [1, null]}'"), ("'%.0f'.format([2.5])", "'2'"),
    // Macros.
    ("[1, 2].map(x, x > 1, x * 2)", "[4]"), ("{'a': 1}.map(k, k)", "['a']"), ("{'b': 1}.exists(k, v, v == 1)", "true"),
    ("[3, 4].all(i, v, v == i + 3)", "true"), ("[1, 1].existsOne(i, v, v == 1)", "false"),
    ("[5].transformList(i, v, v + i)", "[5]"), ("{'a': 1}.transformMap(k, v, v + 1)", "{'a': 2}"),
    ("['x'].transformMapEntry(i, v, {v: i})", "{'x': 0}"), ("[1, 'a', 2].exists(x, x > 1)", "true"),
    ("[[1], [2]].map(x, x.map(x, x + 1))", "[[2], [3]]"), ("cel.bind(x, cel.bind(x, 1, x + 1), x + x)", "4"),
    ("[0, 1].filter(x, x > 0) + [2]", "[1, 2]"), ("has({'a': null}.a)", "true"), ("has({'a': 1}.b)", "false"),
    ("{'a.b': 1}.`a.b`", "1"), ("{'for': 1}.for", "1"),
    // Mathematics and encoders.
    ("math.greatest(1, 2.5, 2u)", "2.5"), ("math.least([3, 1u])", "1u"), ("math.round(-1.5)", "-2.0"),
    ("math.bitShiftRight(-1, 63)", "1"), ("math.bitShiftLeft(1, 64)", "0"),
    ("math.bitNot(0u)", "18446744073709551615u"),
    ("math.sign(-2.5)", "-1.0"), ("base64.decode('aGk')", "b'hi'"), ("base64.encode(b'hi')", "'aGk='"),
    // Times.
    ("timestamp('2024-02-29T23:59:59.5+01:00')", "timestamp('2024-02-29T22:59:59.5Z')"),
    ("string(timestamp(0))", "'1970-01-01T00:00:00Z'"), ("timestamp(0).getHours('-08:00')", "16"),
    ("timestamp(0).getDate('02:30')", "1"), ("duration('1h') - duration('90m')", "duration('-30m')"),
    ("duration('1.25s').getMilliseconds()", "250"), ("timestamp(0).getDayOfWeek()", "4"),
    ("timestamp('2024-07-01T00:00:00Z').getHours('America/St_Johns')", "21"),
    // Ours.
    ("ip_in('10.1.2.3', '10.0.0.0/8') && !ip_in('::1', '10.0.0.0/8') && ip_in('2001:db8::5', '2001:db8::/32')", "true"),
    ("semver_compare('1.10.0', '1.9.0') + semver_compare('1.0.0-rc.1', '1.0.0')", "0"),
    ("regex_escape('a.b*')", #"'a\\.b\\*'"#), ("json({'a': [1, null, 'x\"']})", #"'{"a":[1,null,"x\\""]}'"#),
    ("yaml({'a': [1, 'yes'], 'b': {}})", #"'a:\n  - 1\n  - "yes"\nb: {}\n'"#),
]

private let errors: [String] = [
    "9223372036854775807 + 1", "-9223372036854775808 - 1", "-(-9223372036854775808)", "-9223372036854775808 / -1",
    "-9223372036854775808 % -1", "0u - 1u", "-1u", "1 + 1u", "1.5 % 1.0", "5 / 0", "5u % 0u", "'a' + 1", "1 < 'a'",
    "int(9223372036854775808.0)", "int(double('NaN'))", "int(-9223372036854775809.0)", "uint(-1)", "uint(1.9e19)",
    "uint('-1')", "int('1.0')", "int('')", "double('x')", "bool('yes')", "string([1])", "string(b'\\xff')",
    "timestamp('0000-12-31T23:59:59Z')", "timestamp('2023-02-29T00:00:00Z')", "timestamp(253402300800)",
    "timestamp('9999-12-31T23:59:59Z') + duration('1ns') + duration('1s')", "duration('1')", "duration('1d')",
    "timestamp(0).getHours('Nowhere/Land')", "{1.5: 1}", "{null: 1}", "{'a': 1, 'a': 2}", "{'a': 1}.b", "[1][1]",
    "[1][-1]",
    "[1][0.5]", "has({'a': 1}.a.b)", "[1, 2].existsOne(x, x / 0 > 0)", "['a'].all(x, x)", "1.exists(x, true)",
    "'%d'.format(['a'])", "'%s %s'.format([1])", "'%q'.format([1])", "'%'.format([1])", "'abc'.substring(2, 1)",
    "'abc'.charAt(4)", "'abc'.matches('(')", "base64.decode('*')", "math.greatest()", "math.greatest('a', 1)",
    "math.bitShiftLeft(1, -1)", "math.ceil(1)", "math.abs(-9223372036854775808)", "ip_in('10.0.0.256', '10.0.0.0/8')",
    "semver_compare('1.x', '1.0')", "if", "1 = 1", "{", "'a", "'''a'", "\"a\nb\"", "'\\u12'", "b'\\u0041'", "'\\400'",
    "1a", "1.",
    "a.true", "f(1,)", "[1].map(1, 2)", "cel.bind(1, 2, 3)", "", "1 1", "? 1 : 2", "a b",
]

@Suite struct LanguageTests {
    @Test(arguments: equations)
    func expressionIsWorth(_ text: String, _ expected: String) throws {
        let scope = Bindings(zones: ConformanceTests.zone)
        let found = try Expression(parsing: text).evaluate(in: scope).typedJSON()
        #expect(try found == Expression(parsing: expected).evaluate(in: scope).typedJSON())
    }

    @Test(arguments: errors)
    func expressionIsRefused(_ text: String) {
        #expect(throws: ExpressionError.self) {
            try Expression(parsing: text).evaluate(in: Bindings(zones: ConformanceTests.zone))
        }
    }

    @Test func renamedZoneIsFoundUnderItsPresentName() throws {
        let expression = try Expression(parsing: "timestamp(0).getHours('US/Central')")
        let scope = Bindings(zones: { $0 == "America/Chicago" ? ConformanceTests.zone($0) : nil })
        #expect(try expression.evaluate(in: scope) == .int(18))
        #expect(throws: ExpressionError.self) { try expression.evaluate(in: Bindings()) }
    }

    /// The least that an implementation must take (language definition, "Syntax").
    @Test(arguments: [
        (String(repeating: "false || ", count: 64) + "true", "true"),
        (String(repeating: "true && ", count: 64) + "false", "false"),
        (String(repeating: "false ? 0 : ", count: 64) + "1", "1"), (String(repeating: "1 + ", count: 64) + "1", "65"),
        (
            String(repeating: "[", count: 64) + "7" + String(repeating: "]", count: 64)
                + String(repeating: "[0]", count: 64), "7"
        ),
        (String(repeating: "int(", count: 64) + "7" + String(repeating: ")", count: 64), "7"),
        ("size([" + String(repeating: "1, ", count: 5000) + "])", "5000"),
    ])
    func longAndDeepExpressionsHold(_ text: String, _ expected: String) throws {
        #expect(try Expression(parsing: text).evaluate(in: Bindings()).json() == expected)
    }
}
