public import Model

/// The I/O scheduling class of a run (ioprio_set(2)).
public enum IOClass: String, FieldValue, CaseIterable {
    case none, idle
    case bestEffort = "best_effort"
    case realtime
}
