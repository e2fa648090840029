import SystemFiles
import Model

extension Sysctl: LineImportable {
    static func filesOfLines(on host: some HostReading) throws -> [AbsolutePath] {
        [.root.appending("etc/sysctl.conf")] + (try host.dropIns(in: "sysctl.d")).filter { $0.parent == folder }
    }

    /// A later file may have the last word: a resource has what is effective.
    static func reading(_ path: AbsolutePath, on host: some HostReading) throws -> [Sysctl]? {
        guard let settings = try host.document(KernelSettings.self, at: path), !settings.hasMore else { return nil }
        return try settings.keys.map { key in
            var parameter = Sysctl()
            parameter.name = key
            parameter.value = try KernelSettings.value(of: key, on: host)
            return parameter
        }
    }
}
