/// Why a site cannot be opened.
public struct SourceFault: Error, Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// What was given names no site.
        case usage
        /// There is no such directory, repository, commit or folder.
        case missing
        /// What is there is not taken.
        case refused
        /// Nobody who counts has signed it.
        case untrusted
        /// The remote side does not give it.
        case unreachable
        /// Something of the machine is in the way.
        case failed
    }

    public var kind: Kind
    public var reason: String
    public var hint: String?

    public init(_ kind: Kind, _ reason: String, hint: String? = nil) {
        self.kind = kind
        self.reason = reason
        self.hint = hint
    }

    /// Of a file of the site that cannot be read as its commit says.
    public init(_ fault: SiteFault) { self.init(.refused, "\(fault.path): \(fault.reason)") }

    /// Of something of the machine.
    public init(_ fault: HostFault) { self.init(.failed, fault.text) }

    /// Runs what reads sites, whose faults become those of a source.
    public static func catching<Result>(_ body: () throws -> Result) throws(SourceFault) -> Result {
        do {
            return try body()
        } catch let fault as SourceFault {
            throw fault
        } catch let fault as SiteFault {
            throw SourceFault(fault)
        } catch let fault as HostFault {
            throw SourceFault(fault)
        } catch {
            throw SourceFault(.failed, "\(error)")
        }
    }
}
