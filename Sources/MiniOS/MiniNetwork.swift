import SystemCalls
public import Values

/// The network of the mini OS, and what is fetched over it, by busybox.
public struct MiniNetwork {
    private let settings: NetworkSettings
    /// What udhcpc runs when it has an address (BootImage puts it there).
    private static let script = "/usr/share/udhcpc/default.script"
    private static let folder = "/sys/class/net"

    public init(_ settings: NetworkSettings) { self.settings = settings }

    /// Gives a card an address: the one that was booted from, else the first that gets one.
    public func bringUp() throws(HostFault) {
        if let fault = settings.fault { throw HostFault("use", "the kernel's command line", fault) }
        let cards = try cards()
        var last = HostFault("find", "a network card", "there is none\(settings.card.map { " with \($0)" } ?? "")")
        for card in cards { try? Busybox.run(["ip", "link", "set", "dev", card, "up"]) }
        for card in cards {
            do throws(HostFault) { return try bringUp(card) } catch { last = error }
        }
        throw last
    }

    private func cards() throws(HostFault) -> [String] {
        let all = try LocalFiles.names(in: Self.folder).sorted().filter {
            LocalFiles.exists("\(Self.folder)/\($0)/device")
        }
        return all.filter { card in
            if let device = settings.device, device != card { return false }
            guard let wanted = settings.card else { return true }
            let bytes = (try? LocalFiles.contents(of: "\(Self.folder)/\(card)/address")) ?? nil
            return String(decoding: bytes ?? [], as: UTF8.self).trimmed == wanted
        }
    }

    private func bringUp(_ card: String) throws(HostFault) {
        for _ in 0..<50 {
            let carrier = (try? LocalFiles.contents(of: "\(Self.folder)/\(card)/carrier")) ?? nil
            if carrier?.first == UInt8(ascii: "1") { break }
            SystemClock.sleep(milliseconds: 100)
        }
        guard let address = settings.address else {
            return try Busybox.run(
                ["udhcpc", "-i", card, "-n", "-q", "-t", "8", "-T", "2", "-s", Self.script], seconds: 60)
        }
        try Busybox.run(["ip", "addr", "add", address.text, "dev", card])
        if let gateway = address.gateway {
            try Busybox.run(["ip", "route", "add", "default", "via", gateway, "dev", card])
        }
        let servers = address.nameServers.map { "nameserver \($0)\n" }.joined()
        try LocalFiles.write(Array(servers.utf8), to: "/etc/resolv.conf", mode: 0o644, isDurable: false)
    }

    /// Whether a place is fetched and not read.
    public static func isRemote(_ place: String) -> Bool { place.contains("://") }

    /// What a URL of plain HTTP has, from its beginning to its end, of which nothing is kept.
    ///
    /// - Returns: hands over the next bytes of so many, fewer only at the end.
    public static func stream(
        _ url: String
    ) throws(HostFault) -> (_ offset: Int, _ count: Int) throws(HostFault) -> [UInt8] {
        let words = [Busybox.path, "wget", "-q", "-O", "-", url]
        let dialogue: ChildDialogue
        do throws(ChildFault) {
            dialogue = try ChildDialogue(ChildRun(words, environment: [SearchPath.variable], timeout: 60_000))
        } catch {
            throw HostFault("fetch", url, error.error.text)
        }
        return { (_, count) throws(HostFault) in
            var bytes: [UInt8] = []
            bytes.reserveCapacity(count)
            // What is cut is seen by who reads: each byte is listed.
            try? dialogue.bytes(count) { bytes += $0 }
            return bytes
        }
    }

    /// Fetches a file by plain HTTP: what is believed of it is signed. (busybox 1.35 ends by a signal where wget gets -T.)
    ///
    /// - Parameter path: where it goes.
    public static func fetch(_ url: String, to path: String) throws(HostFault) {
        guard url.hasPrefix("http://") else {
            throw HostFault("fetch", url, "expected a URL of plain HTTP: what is signed needs no other")
        }
        try Busybox.run(["wget", "-q", "-O", path, url], seconds: 600)
    }
}
