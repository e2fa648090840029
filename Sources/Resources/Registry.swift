public import Model

/// All resource types. Adding one is its file and its line here.
public enum Registry {
    public static let all: [ResourceType] = [
        ResourceType(File.self),
        ResourceType(Directory.self),
        ResourceType(Link.self),
        ResourceType(Line.self),
        ResourceType(Block.self),
        ResourceType(INIOption.self),
        ResourceType(HostEntry.self),
        ResourceType(Limit.self),
        ResourceType(SudoRule.self),
        ResourceType(KnownHost.self),
        ResourceType(User.self),
        ResourceType(Group.self),
        ResourceType(AuthorizedKey.self),
        ResourceType(CrontabEntry.self),
        ResourceType(Schedule.self),
        ResourceType(Script.self),
        ResourceType(Check.self),
        ResourceType(Repository.self),
        ResourceType(PackagePin.self),
        ResourceType(Package.self),
        ResourceType(Service.self),
        ResourceType(Command.self),
        ResourceType(Sysctl.self),
        ResourceType(Hostname.self),
        ResourceType(Timezone.self),
        ResourceType(Locale.self),
        ResourceType(KernelModule.self),
        ResourceType(Mount.self),
        ResourceType(Swap.self),
        ResourceType(Archive.self),
        ResourceType(GitCheckout.self),
    ]
}
