public import Values

/// Reads one YAML file into nodes with places, strictly and within limits.
///
/// A syntax error ends the file; everything else is collected.
public struct YAMLReader {
    private struct Stop: Error {}

    /// A node with what it costs when an alias repeats it.
    private struct Built {
        var node: Node
        var weight: Int
        var height: Int
    }

    private let stream: YAMLEventStream
    private let source: SourceText
    private let limits: YAMLLimits
    private var anchors: [String: Built] = [:]
    private var openAnchors: Set<String> = []
    private var nodeCount = 0
    private var parsedWeight = 0
    private var expandedWeight = 0
    private var diagnostics = Diagnostics()

    /// The root of a file; nil when it cannot be read at all. An empty file is a null.
    public static func read(
        _ source: SourceText, limits: YAMLLimits = .standard, into diagnostics: inout Diagnostics
    ) -> Node? {
        if let problem = YAMLBytes.problem(of: source, limits: limits) {
            diagnostics.add(problem)
            return nil
        }
        return source.bytes.withUnsafeBufferPointer { buffer in
            var reader = YAMLReader(stream: YAMLEventStream(buffer), source: source, limits: limits)
            let root = reader.document()
            diagnostics.add(contentsOf: reader.diagnostics)
            return root
        }
    }

    private init(stream: YAMLEventStream, source: SourceText, limits: YAMLLimits) {
        self.stream = stream
        self.source = source
        self.limits = limits
    }

    private mutating func document() -> Node? {
        do throws(Stop) {
            guard case .documentStart = try next().kind else {
                return Node(.null, at: source.place(line: 1, column: 1))
            }
            let root = try build(try next(), depth: 1)
            _ = try next()
            let after = try next()
            if case .documentStart = after.kind {
                report("expected one document, found a second one", at: after, hint: "put it into a file of its own")
            }
            return root.node
        } catch {
            return nil
        }
    }

    private mutating func next() throws(Stop) -> YAMLEvent {
        do throws(YAMLSyntaxFault) {
            return try stream.next()
        } catch {
            diagnostics.add(YAMLHints.diagnostic(for: error, in: source))
            throw Stop()
        }
    }

    private mutating func build(_ event: YAMLEvent, depth: Int) throws(Stop) -> Built {
        nodeCount += 1
        if nodeCount > limits.nodeCount {
            throw stop("expected at most \(limits.nodeCount) nodes, found more", at: event)
        }
        if let tag = event.tag {
            report("expected no tag, found `\(tag)`", at: event, hint: YAMLHints.hint(forTag: tag))
        }
        if let anchor = event.anchor { openAnchors.insert(anchor) }
        var built: Built
        switch event.kind {
        case .scalar(let text, let isQuoted): built = try scalar(text, isQuoted, event)
        case .alias(let name): return try alias(name, event, depth)
        case .listStart: built = try list(event, depth)
        case .mapStart: built = try map(event, depth)
        case .listEnd, .mapEnd, .documentStart, .documentEnd, .streamEnd:
            throw stop("expected a value, found the end", at: event)
        }
        if let anchor = event.anchor {
            openAnchors.remove(anchor)
            anchors[anchor] = built
        }
        return built
    }

    private mutating func scalar(_ text: String, _ isQuoted: Bool, _ event: YAMLEvent) throws(Stop) -> Built {
        let byteCount = text.utf8.count
        if byteCount > limits.scalarByteCount {
            throw stop("expected at most \(limits.scalarByteCount) bytes in a scalar, found \(byteCount)", at: event)
        }
        if isQuoted, text.utf8.contains(0) { report("expected text without NUL, found `\\0`", at: event, hint: nil) }
        parsedWeight += byteCount + 1
        try expand(by: byteCount + 1, at: event)
        return Built(
            node: Node(.scalar(text, isQuoted: isQuoted), at: place(of: event)), weight: byteCount + 1, height: 1)
    }

    private mutating func alias(_ name: String, _ event: YAMLEvent, _ depth: Int) throws(Stop) -> Built {
        guard let target = anchors[name], !openAnchors.contains(name) else {
            let found = openAnchors.contains(name) ? "an alias inside its own anchor" : "`*\(name)`"
            report("expected the name of an anchor, found \(found)", at: event, hint: YAMLHints.alias)
            return Built(node: Node(.null, at: place(of: event)), weight: 1, height: 1)
        }
        // The lists and mappings of the target would stand from here on; what is in the lowest is no level.
        if depth + target.height - 2 > limits.depth { throw tooDeep(event) }
        parsedWeight += 1
        try expand(by: target.weight, at: event)
        return target
    }

    private mutating func list(_ event: YAMLEvent, _ depth: Int) throws(Stop) -> Built {
        if depth > limits.depth { throw tooDeep(event) }
        var items: [Node] = []
        var weight = 1, height = 0
        while true {
            let event = try next()
            if case .listEnd = event.kind { break }
            let item = try build(event, depth: depth + 1)
            weight += item.weight
            height = max(height, item.height)
            items.append(item.node)
        }
        return Built(node: Node(.list(items), at: place(of: event)), weight: weight, height: height + 1)
    }

    private mutating func map(_ event: YAMLEvent, _ depth: Int) throws(Stop) -> Built {
        if depth > limits.depth { throw tooDeep(event) }
        var entries = YAMLMapping()
        var weight = 1, height = 0
        while true {
            let keyEvent = try next()
            if case .mapEnd = keyEvent.kind { break }
            let key = try build(keyEvent, depth: depth + 1)
            let value = try build(try next(), depth: depth + 1)
            weight += key.weight + value.weight
            height = max(height, value.height)
            if case .scalar("<<", isQuoted: false) = key.node.content {
                entries.merge(value.node, at: place(of: keyEvent), into: &diagnostics)
                continue
            }
            guard case .scalar(let text, _) = key.node.content else {
                report("expected a text as key, found \(key.node.found)", at: keyEvent, hint: YAMLHints.flowKey)
                continue
            }
            entries.add(.init(key: text, keyPlace: place(of: keyEvent), value: value.node), into: &diagnostics)
        }
        return Built(node: Node(.map(entries.entries), at: place(of: event)), weight: weight, height: height + 1)
    }

    private mutating func expand(by weight: Int, at event: YAMLEvent) throws(Stop) {
        expandedWeight += weight
        // The weight of the whole file is known at its end; its bytes bound it from above all the time.
        if expandedWeight > max(limits.freeWeight, limits.expansion * max(parsedWeight, source.bytes.count)) {
            throw stop(
                "expected aliases to make a file at most \(limits.expansion) times as large, found more", at: event)
        }
    }

    private func place(of event: YAMLEvent) -> Place { source.place(line: event.line, column: event.column) }

    private mutating func report(_ message: String, at event: YAMLEvent, hint: String?) {
        diagnostics.add(Diagnostic(message, at: place(of: event), hint: hint))
    }

    private mutating func stop(_ message: String, at event: YAMLEvent) -> Stop {
        report(message, at: event, hint: nil)
        return Stop()
    }

    private mutating func tooDeep(_ event: YAMLEvent) -> Stop {
        stop("expected at most \(limits.depth) levels, found more", at: event)
    }
}
