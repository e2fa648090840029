extension Duration {
    /// The length in whole milliseconds, for lengths of a manifest: at most some years.
    public var wholeMilliseconds: Int64 { components.seconds * 1000 + nanosecondPart / 1_000_000 }

    /// The length in whole nanoseconds; nil above some 292 years.
    public var wholeNanoseconds: Int64? {
        let (scaled, overflow) = components.seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (total, carried) = scaled.addingReportingOverflow(nanosecondPart)
        return overflow || carried ? nil : total
    }

    /// The nanoseconds after the whole seconds, with the sign of the length.
    public var nanosecondPart: Int64 { components.attoseconds / 1_000_000_000 }
}
