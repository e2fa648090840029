import Model
import Testing

/// Where repositories may be, and how refs and commits are called.
@Suite struct GitAddressTests {
    @Test(arguments: [
        "https://git.example.org/ops/app.git", "https://git.example.org:8443/a", "https://[2001:db8::1]:8443/a",
        "ssh://git@git.example.org/ops/app.git", "ssh://git.example.org:2222/~ana/app",
        "git@git.example.org:ops/app.git",
        "ana_b@h:/srv/x", "/srv/git/app.git", "/srv/git/a b", "file:///srv/git/app.git", "https://h/a?x=1",
    ])
    func addressesThatAreTaken(text: String) { #expect(GitAddress(text)?.text == text) }

    @Test(arguments: [
        "", "app", "ops/app.git", "./app", "~/app", "http://h/a", "git://h/a", "ftp://h/a", "rsync://h/a",
        "ext::sh -c touch% /tmp/x", "ext::x", "fd::7", "file::/srv/x", "transport::https://h/a", "--upload-pack=touch",
        "-oProxyCommand=x", "https://", "https://h", "https://h/", "https:///a", "https://-h/a", "https://a:b@h/a",
        "https://a@h/a", "ssh://a:b@h/a", "ssh://-oProxyCommand=x/a", "ssh://-a@h/a", "ssh://a@-h/a", "ssh://h:-1/a",
        "ssh://h:x/a", "ssh://h:0/a", "ssh://h:70000/a", "ssh://h:022/a", "git@-h:a", "-g@h:a", "git@h:", "git@h:-a",
        "h:a",
        "git@h;x:a", "https://h/a b", "https://h/a\\b", "https://h/a#main", "https://h/a\n", "https://h\u{7F}/a",
        "/srv/../x",
        "/srv//x", "/srv/x/", "file://srv/x", "file:///srv/../x", "HTTPS://h/a", "ssh://[::1/a", "https://[x]/a",
        "https://h/" + String(repeating: "a", count: 2000),
    ])
    func addressesThatAreRefused(text: String) { #expect(GitAddress(text) == nil) }

    @Test(arguments: ["main", "v1.0", "feature/x", "refs/heads/main", "HEAD", "refs/tags/v1", "é", "a-b", "a{b}"])
    func refsThatAreTaken(text: String) { #expect(GitRefName(text)?.text == text) }

    @Test(arguments: [
        "", "-x", "--upload-pack=x", "a..b", "a b", "a~1", "a^", "a^{}", "a:b", "a?", "a*", "a[", "a\\b", "a.lock",
        "a.lock/b",
        ".a", "a/.b", "a//b", "/a", "a/", "a.", "@", "a@{1}", "a\n", "a\u{7F}", String(repeating: "a", count: 201),
    ])
    func refsThatAreRefused(text: String) { #expect(GitRefName(text) == nil) }

    @Test(arguments: [
        "", "main", "0123456789abcdef0123456789abcdef0123456", "0123456789abcdef0123456789abcdef012345678",
        "0123456789ABCDEF0123456789ABCDEF01234567", "0123456789abcdef0123456789abcdef0123456g",
        String(repeating: "a", count: 64),
    ])
    func commitsThatAreRefused(text: String) { #expect(GitCommitName(text) == nil) }

    @Test func aCommitIsFortyDigits() { #expect(GitCommitName("0123456789abcdef0123456789abcdef01234567") != nil) }
}
