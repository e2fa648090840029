import Glibc

/// How large a terminal is (TIOCGWINSZ, ioctl_tty(2)).
public enum TerminalSize {
    /// How many columns the terminal of a descriptor has; nil where it is no terminal or does not say.
    public static func columns(of descriptor: Int32) -> Int? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}
