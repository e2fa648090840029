extension DecodingFault {
    /// The fault in the words of a diagnostic of one property.
    ///
    /// - Parameter hint: stands where the fault has none.
    public func diagnostic(of name: String, hint: String? = nil) -> Diagnostic {
        Diagnostic("`\(name)`: expected \(expected), found \(found)", at: place, hint: self.hint ?? hint)
    }
}

extension NodeReader {
    /// Decodes the value of a key as a field would. A fault is reported; then, without the key, and for what is unknown
    /// the result is nil.
    public func decoded<Value: FieldValue>(_ key: String, into diagnostics: inout Diagnostics) -> Value? {
        self[key]?.decoded(Value.self, as: key, into: &diagnostics)
    }

    /// Sets a value to that of a key, if the key is there and its value can be decoded.
    public func read<Value: FieldValue>(_ key: String, _ value: inout Value, into diagnostics: inout Diagnostics) {
        if let decoded: Value = decoded(key, into: &diagnostics) { value = decoded }
    }

    /// Sets a value to that of a key, if the key is there and its value is one of the range.
    public func read<Value: FieldValue & Comparable>(
        _ key: String, _ value: inout Value, in range: ClosedRange<Value>, into diagnostics: inout Diagnostics
    ) {
        guard let node = self[key], let decoded: Value = decoded(key, into: &diagnostics) else { return }
        if range.contains(decoded) {
            value = decoded
            return
        }
        let bounds = ShownText.joined([range.lowerBound.shown, range.upperBound.shown], with: " to ")
        if case .text(let bounds) = bounds {
            diagnostics.add(Diagnostic("`\(key)`: expected \(bounds), found \(node.found)", at: node.place))
        }
    }
}

extension Node {
    /// Decodes the node as a field would; a fault is reported with the field's name. What is unknown is nil.
    public func decoded<Value: FieldValue>(
        _ type: Value.Type, as name: String, into diagnostics: inout Diagnostics
    ) -> Value? {
        if hasUnknown { return nil }
        do throws(DecodingFault) {
            return try Value(decoding: self)
        } catch {
            diagnostics.add(error.diagnostic(of: name))
            return nil
        }
    }
}
