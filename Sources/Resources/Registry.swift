public import Model

/// All resource types. Adding one is its file and its line here.
public enum Registry {
    private static let types: [any Resource.Type] = [
        File.self,
        Directory.self,
        Link.self,
        Line.self,
        Block.self,
        INIOption.self,
        HostEntry.self,
        Limit.self,
        SudoRule.self,
        KnownHost.self,
        User.self,
        Group.self,
        AuthorizedKey.self,
        KeyGroup.self,
        SSHKey.self,
        SSHTrust.self,
        SSHDConfig.self,
        CrontabEntry.self,
        Schedule.self,
        Script.self,
        Check.self,
        Monitor.self,
        Health.self,
        Repository.self,
        PackagePin.self,
        Package.self,
        Service.self,
        Command.self,
        Sysctl.self,
        Hostname.self,
        Timezone.self,
        Locale.self,
        KernelModule.self,
        Mount.self,
        Swap.self,
        Archive.self,
        GitCheckout.self,
        InstallDisk.self,
        InstallPartition.self,
        InstallFileSystem.self, InstallImage.self, InstallBootLoader.self,
    ]

    /// What is told of each type. Making it takes some milliseconds: who looks for one type asks `type(named:)`.
    public static let all: [ResourceType] = types.map { ResourceType($0) }

    /// The type of a word of manifests; nil for another word.
    public static func type(named name: String) -> (any Resource.Type)? { types.first { $0.typeName == name } }
}
