import CSQLite

/// A thin typed wrapper over one SQLite connection (https://sqlite.org/c3ref/intro.html).
final class Database {
    private var handle: OpaquePointer?
    private let path: String

    enum Mode {
        case readOnly, readWrite
    }

    /// - Parameter path: a file system path; it must exist for `readOnly`.
    init(path: String, mode: Mode) throws(StateFault) {
        self.path = path
        let flags = mode == .readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        let status = sqlite3_open_v2(path, &handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW, nil)
        guard status == SQLITE_OK else {
            let fault = fault("open")
            sqlite3_close_v2(handle)
            handle = nil
            throw fault
        }
        sqlite3_busy_timeout(handle, 5000)
    }

    deinit { sqlite3_close_v2(handle) }

    /// What the last call says, for people: which file, and what could not be done with it.
    func fault(_ operation: String) -> StateFault {
        let code = handle.map { sqlite3_errcode($0) } ?? SQLITE_NOMEM
        let message = handle.flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) } ?? "out of memory"
        return StateFault(
            path: path, operation: operation, reason: message,
            isDamage: code == SQLITE_CORRUPT || code == SQLITE_NOTADB,
            isUnfinished: code == SQLITE_READONLY || code == SQLITE_CANTOPEN)
    }

    /// What is wrong with the file beyond what SQLite says.
    func fault(_ reason: String, isDamage: Bool) -> StateFault {
        StateFault(path: path, operation: "read", reason: reason, isDamage: isDamage)
    }

    /// Runs statements that return nothing.
    func execute(_ text: String) throws(StateFault) {
        guard sqlite3_exec(handle, text, nil, nil, nil) == SQLITE_OK else { throw fault("use") }
    }

    /// Runs one statement with its values.
    func run(_ text: String, _ values: [Value] = []) throws(StateFault) {
        try query(text, values) { _ in }
    }

    /// Runs one statement and hands over each row.
    func query(_ text: String, _ values: [Value] = [], _ row: (Row) -> Void) throws(StateFault) {
        let statement = try prepared(text)
        defer { statement.finalize() }
        try step(statement, values, row)
    }

    /// Runs one statement for each list of values.
    func runEach(_ text: String, _ rows: some Sequence<[Value]>) throws(StateFault) {
        let statement = try prepared(text)
        defer { statement.finalize() }
        for values in rows { try step(statement, values) { _ in } }
    }

    /// Everything or nothing, durable when it returns.
    func transaction(_ body: () throws(StateFault) -> Void) throws(StateFault) {
        try execute("BEGIN IMMEDIATE")
        do throws(StateFault) {
            try body()
        } catch {
            try? execute("ROLLBACK")
            throw error
        }
        try execute("COMMIT")
    }

    var lastRow: Int { Int(sqlite3_last_insert_rowid(handle)) }

    /// How many rows the last statement changed.
    var changedRowCount: Int { Int(sqlite3_changes(handle)) }

    /// A statement that is kept, to be run many times.
    func statement(_ text: String) throws(StateFault) -> Statement { Statement(try prepared(text), of: self) }

    fileprivate func run(_ statement: PreparedStatement, _ values: [Value]) throws(StateFault) {
        try step(statement, values) { _ in }
    }

    private func prepared(_ text: String) throws(StateFault) -> PreparedStatement {
        var pointer: OpaquePointer?
        guard sqlite3_prepare_v2(handle, text, -1, &pointer, nil) == SQLITE_OK, let pointer else {
            throw fault("read")
        }
        return PreparedStatement(pointer: pointer)
    }

    private func step(
        _ statement: PreparedStatement, _ values: [Value], _ row: (Row) -> Void
    ) throws(StateFault) {
        sqlite3_reset(statement.pointer)
        for (index, value) in values.enumerated() { statement.bind(value, at: Int32(index + 1)) }
        while true {
            switch sqlite3_step(statement.pointer) {
            case SQLITE_ROW: row(Row(pointer: statement.pointer))
            case SQLITE_DONE:
                sqlite3_reset(statement.pointer)
                return
            default: throw fault(sqlite3_stmt_readonly(statement.pointer) != 0 ? "read" : "write")
            }
        }
    }
}

/// The database could not do what was asked.
public struct StateFault: Error, Sendable, CustomStringConvertible {
    /// Which database.
    public var path: String
    /// open, read or write.
    public var operation: String
    /// The message of SQLite, or of this wrapper.
    public var reason: String
    /// Whether the file is no database, or one whose content cannot be.
    public var isDamage = false
    /// Whether a transaction that was cut short has to be taken back first (https://sqlite.org/lockingv3.html, "Hot
    /// journals").
    public var isUnfinished = false

    public var text: String { "cannot \(operation) \(path): \(reason)" }
    public var description: String { text }
}

enum Value {
    case null
    case int(Int)
    case text(String)
    case bytes([UInt8])

    init(_ text: String?) { self = text.map { .text($0) } ?? .null }
    init(_ number: Int?) { self = number.map { .int($0) } ?? .null }
    init(_ number: Int64?) { self = number.map { .int(Int($0)) } ?? .null }
}

/// A prepared statement, finalized with its owner, which must not outlive its database.
final class Statement {
    private let prepared: PreparedStatement
    private unowned let database: Database

    fileprivate init(_ prepared: PreparedStatement, of database: Database) {
        self.prepared = prepared
        self.database = database
    }

    deinit { prepared.finalize() }

    /// Runs it and returns how many rows it changed.
    @discardableResult
    func run(_ values: [Value]) throws(StateFault) -> Int {
        try database.run(prepared, values)
        return database.changedRowCount
    }
}

private struct PreparedStatement {
    let pointer: OpaquePointer

    /// Makes SQLite copy what is bound (SQLITE_TRANSIENT).
    private static let copies = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    func bind(_ value: Value, at index: Int32) {
        switch value {
        case .null: sqlite3_bind_null(pointer, index)
        case .int(let number): sqlite3_bind_int64(pointer, index, Int64(number))
        case .text(let text): sqlite3_bind_text(pointer, index, text, Int32(text.utf8.count), Self.copies)
        case .bytes(let bytes): sqlite3_bind_blob(pointer, index, bytes, Int32(bytes.count), Self.copies)
        }
    }

    func finalize() { sqlite3_finalize(pointer) }
}

/// One row of a result; columns count from 0.
struct Row {
    let pointer: OpaquePointer

    func int(_ column: Int32) -> Int { Int(sqlite3_column_int64(pointer, column)) }

    func int64(_ column: Int32) -> Int64 { sqlite3_column_int64(pointer, column) }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(pointer, column) == SQLITE_NULL }

    func bytes(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(pointer, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(pointer, column))))
    }

    /// nil for NULL.
    func text(_ column: Int32) -> String? {
        sqlite3_column_text(pointer, column).map { String(cString: $0) }
    }
}
