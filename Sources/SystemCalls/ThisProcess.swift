import CShim

/// What the process itself has to do before anything else.
public enum ThisProcess {
    /// A full file is a fault of a write, not the end.
    public static func prepare() {
        lodestar_ignore_full_files()
        lodestar_forget_runtime_root()
    }
}
