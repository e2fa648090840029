import Glibc
import Model

/// Re-owning files after a changed number.
extension Linux {
    /// Changes every file of one number on this file system; links are changed themselves, never followed.
    func changeOwnership(_ change: OwnershipChange) throws(HostFault) -> StepOutput {
        let flag = change.isGroup ? "-gid" : "-uid", tool = change.isGroup ? "chgrp" : "chown"
        let words = [
            "find", "/", "-xdev", flag, "\(change.from)", "-exec", tool, "-h", "\(change.to)", "{}", "+",
        ]
        return try run(CommandRun(.arguments(words), timeout: .seconds(3600)))
    }
}
