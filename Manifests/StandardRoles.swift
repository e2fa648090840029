/// The standard roles, reachable as `std/NAME`: their files are embedded when the binary is built.
public enum StandardRoles {
    /// The text of each role's file in UTF-8, by its name.
    public static let all: [String: [UInt8]] = [
        "accounts": PackageResources.accounts_yaml,
        "agent": PackageResources.agent_yaml,
        "baseline": PackageResources.baseline_yaml,
        "checks": PackageResources.checks_yaml,
        "daemon": PackageResources.daemon_yaml,
        "logrotate": PackageResources.logrotate_yaml,
        "motd": PackageResources.motd_yaml,
        "node_exporter": PackageResources.node_exporter_yaml,
        "ssh": PackageResources.ssh_yaml,
    ]
}
