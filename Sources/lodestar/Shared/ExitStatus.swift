import ArgumentParser

/// The exit codes of all commands; a code has one meaning in every command.
enum ExitStatus {
    /// The command could not do its work.
    static let failure = ExitCode(1)
    /// The site or an expression is refused.
    static let refused = ExitCode(65)
    /// There is no such site or file.
    static let notFound = ExitCode(66)
    /// A process that the command needs cannot be reached.
    static let unavailable = ExitCode(69)
    /// The output could not be written.
    static let noOutput = ExitCode(74)
    /// Somebody else holds the lock.
    static let locked = ExitCode(75)
    /// The command needs root's privileges.
    static let noPrivilege = ExitCode(77)
    /// A safety limit refuses it.
    static let unsafe = ExitCode(78)
    /// A signature is missing, or not to be trusted.
    static let untrusted = ExitCode(79)
}
