import RegularExpressions
import Testing

struct Match: Sendable, CustomTestStringConvertible {
    let pattern: String
    let text: String
    /// The whole match and its groups; nil when there is no match.
    let groups: [String?]?
    var testDescription: String { "\(pattern) on \(text)" }

    init(_ pattern: String, _ text: String, _ groups: [String?]?) {
        self.pattern = pattern
        self.text = text
        self.groups = groups
    }
}

private let matches: [Match] = [
    Match("", "", [""]), Match("a", "bab", ["a"]), Match("^a", "ba", nil), Match("a$", "ba", ["a"]),
    Match("abc", "xxabcxx", ["abc"]), Match("a|ab", "ab", ["a"]), Match("ab|a", "ab", ["ab"]),
    Match("a*", "aaab", ["aaa"]), Match("a*?", "aaab", [""]), Match("a+?", "aaab", ["a"]),
    Match("(?U)a+", "aaa", ["a"]),
    Match("(?U)a+?", "aaa", ["aaa"]), Match("(a)(b)?", "ac", ["a", "a", nil]), Match("(a|b)*", "abba", ["abba", "a"]),
    Match("x{2,3}", "xxxx", ["xxx"]), Match("x{2}", "x", nil), Match("x{2,}", "xxxx", ["xxxx"]),
    Match("x{,2}", "x{,2}", ["x{,2}"]),
    Match("a{", "a{", ["a{"]), Match("[a-c]+", "xxabcd", ["abc"]), Match("[^a-c]+", "abxyc", ["xy"]),
    Match("[]a]+", "]a", ["]a"]),
    Match("[a-]+", "a-", ["a-"]), Match(#"\d+"#, "ab12", ["12"]), Match(#"\D+"#, "12ab", ["ab"]),
    Match(#"\w+"#, "é_a1-", ["_a1"]),
    Match(#"[\d\s]+"#, "a1 2b", ["1 2"]), Match(#"[^\D]+"#, "a12", ["12"]), Match("[[:alpha:]]+", "12ab3", ["ab"]),
    Match("[[:^alpha:]]+", "ab12", ["12"]), Match(#"\pL+"#, "1éß2", ["éß"]), Match(#"\p{Lu}"#, "aÉ", ["É"]),
    Match(#"\P{L}+"#, "ab12", ["12"]),
    Match(#"[\pN_]+"#, "a1_٣", ["1_٣"]), Match(#"\bfoo\b"#, "a foo b", ["foo"]), Match(#"\Boo"#, "foo", ["oo"]),
    Match(#"\Afoo\z"#, "foo", ["foo"]), Match(#"\Q.*\E+"#, "a.**", [".**"]),
    Match("(?i)straSSe", "STRASSE", ["STRASSE"]),
    Match("(?i)É", "é", ["é"]), Match("(?i)[k-l]", "K", ["K"]), Match("a(?i)b|c", "aB", ["aB"]),
    Match("(?i:a)b", "AB", nil),
    Match("a.b", "a\nb", nil), Match("(?s)a.b", "a\nb", ["a\nb"]), Match("(?m)^b$", "a\nb\nc", ["b"]),
    Match("^b$", "a\nb", nil),
    Match("(?P<x>a)(?<y>b)", "ab", ["ab", "a", "b"]), Match("(?:a)(b)", "ab", ["ab", "b"]),
    Match("(a*)*", "b", ["", nil]),
    Match("(a*)+", "aa", ["aa", "aa"]), Match(#"\x41\x{1F600}\101"#, "A😀A", ["A😀A"]),
    Match(".", "😀", ["😀"]), Match("(a|😀){2}", "a😀", ["a😀", "😀"]),
    Match(#"^bench\.k00001\s*="#, "bench.k00001 = 1", ["bench.k00001 ="]),
    Match("(?i)^x", "X", ["X"]), Match("^a|b", "ab", ["a"]), Match("^a|b", "cb", ["b"]),
    Match("foo.*bar", "foo fo bar x", ["foo fo bar"]),
    Match("aab", "aaab", ["aab"]), Match("a\\.b", "a.b", ["a.b"]), Match("^$", "", [""]), Match("$", "ab", [""]),
]

@Test(arguments: matches)
func matchesAsRE2Does(_ row: Match) throws {
    let expression = try RegularExpression(row.pattern)
    let match = expression.firstMatch(in: row.text)
    let groups = match.map { match in match.ranges.indices.map { match[$0].map(String.init) } }
    #expect(groups == row.groups)
    #expect(expression.isFound(in: row.text) == (row.groups != nil))
}

@Test(arguments: [
    ("a(?=b)", "lookaround is not supported", 1), ("(?<!a)", "lookaround is not supported", 0),
    (#"(a)\1"#, "backreferences are not supported", 3), ("(?P=x)", "backreferences are not supported", 0),
    ("a**", "a repetition cannot be repeated: '**'", 2), ("*a", "'*' has nothing to repeat", 0),
    ("(a", "'(' without ')'", 0),
    ("a)", "unexpected ')'", 1), ("[a", "'[' without ']'", 0), ("[b-a]", "a range that ends below its beginning", 1),
    ("a{1001}", "a repetition above 1000", 1), ("a{3,2}", "a repetition that ends below its beginning", 1),
    (#"\p{Xx}"#, "unknown Unicode category 'Xx'", 0), ("[[:foo:]]", "unknown class '[:foo:]'", 1),
    (#"\y"#, "unknown escape '\\y'", 0),
    ("((a{100}){100}){100}", "the pattern is too large", 0), ("a\\", "a backslash at the end", 1),
    ("(?z)", "expected one of the flags i, m, s, U", 2),
    ("(?P<a>x)(?P<a>y)", "group name 'a' is used twice", 8),
])
func refusesWithAPlace(_ pattern: String, _ message: String, _ offset: Int) {
    let error = #expect(throws: RegularExpressionError.self) { try RegularExpression(pattern) }
    #expect(error?.message == message)
    #expect(error?.offset == offset)
}

@Test func deepNestingIsRefused() {
    let pattern = String(repeating: "(", count: 100_000)
    #expect(throws: RegularExpressionError.self) { try RegularExpression(pattern) }
}

@Test func matchingIsLinear() throws {
    let expression = try RegularExpression("(a*)*(a*)*(a|aa)+b$")
    let clock = ContinuousClock()
    let time = clock.measure { #expect(!expression.isFound(in: String(repeating: "a", count: 20_000))) }
    #expect(time < .seconds(20))
}

@Test func escapedTextMatchesItself() throws {
    let text = #"a.b*c[d]{1}(e)|f\g^h$?+é"#
    #expect(try RegularExpression("^" + RegularExpression.escaped(text) + "$").isFound(in: text))
}

@Test func namedGroupsAreFoundByName() throws {
    let match = try #require(try RegularExpression("(?P<key>[a-z]+)=(?<value>.*)").firstMatch(in: "port=80"))
    #expect(match["key"] == "port")
    #expect(match["value"] == "80")
    #expect(match["other"] == nil)
}

@Test func laterMatchesKeepTheBeginningOfTheText() throws {
    let text = "aa"
    let expression = try RegularExpression("^a")
    #expect(expression.firstMatch(in: text, from: text.index(after: text.startIndex)) == nil)
}
