public import Model

extension ConvergeOutcome {
    /// Why the converge as a whole failed, for programs; nil where the host is as declared, or would be.
    public var code: FailureCode? {
        guard let exitStatus else { return .ended }
        switch exitStatus {
        case 0: return nil
        case 1...15 where exitStatus & 1 == 0: return exitStatus & 4 == 0 ? nil : .resourcesFailed
        case 64: return .usage
        case 65: return .siteRefused
        case 66: return .siteMissing
        case 69: return .unreachable
        case 70: return .internalError
        case 74: return .noSpace
        case 75: return .locked
        case 77: return .noPrivilege
        case 78: return .unsafe
        case 79: return .untrusted
        case 128...: return .ended
        default: return .commandFailed
        }
    }
}
