import SystemFiles
import Model
import RegularExpressions

extension InsertionPlace {
    /// What is wrong with `insert_after` and `insert_before`.
    var problems: [Problem] {
        var problems: [Problem] = []
        if after != nil, before != nil {
            problems.append(Problem(at: "insert_before", "insert_after and insert_before exclude each other"))
        }
        for (field, pattern) in [("insert_after", after), ("insert_before", before)] {
            guard let pattern else { continue }
            do throws(RegularExpressionError) {
                _ = try RegularExpression(pattern)
            } catch {
                problems.append(Problem(field, error))
            }
        }
        return problems
    }
}

extension Problem {
    /// A pattern that cannot be read.
    init(_ property: String, _ fault: RegularExpressionError) {
        self.init(property, "\(fault.message) at \(fault.offset + 1)")
    }
}
