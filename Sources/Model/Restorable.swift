/// A resource whose former state is more than files: an account, a service, a value of the kernel.
///
/// `undo` brings files back by what was kept of them, and the rest by a declaration of what was there.
public protocol Restorable: Resource {
    /// The declaration that makes it as it was observed, without what only its files tell.
    ///
    /// - Returns: nil where nothing was there.
    func former(_ observed: Observed?) -> Self?
    /// What no declaration brings back of it, such as what the scripts of a package did; nil where there is nothing.
    static var beyondUndo: String? { get }
    /// Whether its files come back after it, because its declaration would write them too; else in the reverse order of
    /// the run.
    static var filesComeLast: Bool { get }
    /// Whether a declaration of what was there comes back after all else of the run, because a program starts with it
    /// that reads what the run changed; else in the reverse order of the run.
    var comesBackLast: Bool { get }
    /// Whether `former` tells nothing but whether something runs: a start alone is no change that a failed trial takes
    /// back.
    static var formerIsActivity: Bool { get }
}

extension Restorable {
    public static var beyondUndo: String? { nil }
    public static var filesComeLast: Bool { false }
    public var comesBackLast: Bool { false }
    public static var formerIsActivity: Bool { false }
}
