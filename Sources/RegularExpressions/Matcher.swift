/// Runs a program over a text: Pike's machine, which keeps every alternative alive at once.
///
/// See Russ Cox, "Regular Expression Matching: the Virtual Machine Approach" (2009). Each scalar of the text costs at
/// most one visit of each instruction.
struct Matcher {
    private let program: Program
    private let text: UnsafeBufferPointer<UInt8>

    init(_ program: Program, _ text: UnsafeBufferPointer<UInt8>) {
        self.program = program
        self.text = text
    }

    /// The offsets of the leftmost match and its groups, -1 where a group took no part; nil without a match.
    ///
    /// Without capturing, any match ends the search and the offsets mean nothing.
    func slots(capturing: Bool, from start: Int) -> [Int]? {
        if program.isOnlyPrefix {
            guard let found = nextPrefix(from: start) else { return nil }
            return [found, found + program.prefix.count]
        }
        guard let first = nextPrefix(from: start) else { return nil }
        var run = Run(program, text, capturing: capturing)
        return run.search(from: first, next: nextPrefix)
    }

    /// The next place at or after an offset where the literal prefix is found, and so where a match can begin.
    private func nextPrefix(from start: Int) -> Int? {
        let prefix = program.prefix
        if program.isAnchored { return start == 0 && isPrefix(at: 0) ? 0 : nil }
        guard let head = prefix.first else { return start <= text.count ? start : nil }
        var offset = start
        while offset + prefix.count <= text.count {
            if text[offset] == head, isPrefix(at: offset) { return offset }
            offset += 1
        }
        return nil
    }

    private func isPrefix(at offset: Int) -> Bool {
        let prefix = program.prefix
        guard offset + prefix.count <= text.count else { return false }
        for index in prefix.indices where text[offset + index] != prefix[index] { return false }
        return true
    }
}

/// The machine's state during one search.
private struct Run {
    private let program: Program
    private let text: UnsafeBufferPointer<UInt8>
    private let width: Int
    private var current: ThreadList
    private var following: ThreadList
    private var stack: [Frame] = []
    private var scratch: [Int]

    private enum Frame {
        case visit(Int)
        case restore(slot: Int, value: Int)
    }

    /// The live instructions in order of preference, as a sparse set, with the captures of each.
    private struct ThreadList {
        var dense: [Int] = []
        var sparse: [Int]
        var captures: [Int] = []

        init(size: Int) {
            sparse = Array(repeating: 0, count: size)
            dense.reserveCapacity(size)
        }

        func contains(_ instruction: Int) -> Bool {
            let place = sparse[instruction]
            return place < dense.count && dense[place] == instruction
        }

        mutating func insert(_ instruction: Int) {
            sparse[instruction] = dense.count
            dense.append(instruction)
        }

        mutating func clear() {
            dense.removeAll(keepingCapacity: true)
            captures.removeAll(keepingCapacity: true)
        }
    }

    init(_ program: Program, _ text: UnsafeBufferPointer<UInt8>, capturing: Bool) {
        self.program = program
        self.text = text
        width = capturing ? program.slotCount : 0
        current = ThreadList(size: program.instructions.count)
        following = ThreadList(size: program.instructions.count)
        scratch = Array(repeating: -1, count: width)
    }

    mutating func search(from first: Int, next: (Int) -> Int?) -> [Int]? {
        var offset = first
        var best: [Int]?
        while true {
            if best == nil {
                if current.dense.isEmpty {
                    guard let candidate = next(offset) else { return nil }
                    offset = candidate
                }
                if !program.isAnchored || offset == 0 {
                    for slot in 0..<width { scratch[slot] = -1 }
                    if width > 0 { scratch[0] = offset }
                    follow(0, at: offset, intoCurrent: true)
                }
            }
            if current.dense.isEmpty { return best }
            let (scalar, length) = decode(at: offset)
            if let found = step(scalar, at: offset, length: length) {
                best = found
                if width == 0 { return best }
            }
            swap(&current, &following)
            following.clear()
            guard length > 0 else { return best }
            offset += length
            if current.dense.isEmpty, best != nil { return best }
        }
    }

    /// Moves every live thread over one scalar; returns the captures of a thread that matched before it.
    private mutating func step(_ scalar: UInt32, at offset: Int, length: Int) -> [Int]? {
        for index in current.dense.indices {
            let instruction = current.dense[index]
            let isTaken: Bool
            switch program.instructions[instruction] {
            case .match:
                guard width > 0 else { return [] }
                var found = Array(current.captures[(index * width)..<((index + 1) * width)])
                found[1] = offset
                return found
            case .scalar(let wanted): isTaken = length > 0 && wanted == scalar
            case .set(let set): isTaken = length > 0 && program.sets[set].contains(scalar)
            case .split, .jump, .save, .assertion: isTaken = false
            }
            guard isTaken else { continue }
            for slot in 0..<width { scratch[slot] = current.captures[index * width + slot] }
            follow(instruction + 1, at: offset + length, intoCurrent: false)
        }
        return nil
    }

    /// Adds an instruction and all that it reaches without taking a character.
    private mutating func follow(_ start: Int, at offset: Int, intoCurrent: Bool) {
        stack.append(.visit(start))
        while let frame = stack.popLast() {
            guard case .visit(let instruction) = frame else {
                if case .restore(let slot, let value) = frame { scratch[slot] = value }
                continue
            }
            guard !(intoCurrent ? current : following).contains(instruction) else { continue }
            if intoCurrent { add(instruction, to: &current) } else { add(instruction, to: &following) }
            switch program.instructions[instruction] {
            case .jump(let target): stack.append(.visit(target))
            case .split(let preferred, let other):
                stack.append(.visit(other))
                stack.append(.visit(preferred))
            case .save(let slot):
                if slot < width {
                    stack.append(.restore(slot: slot, value: scratch[slot]))
                    scratch[slot] = offset
                }
                stack.append(.visit(instruction + 1))
            case .assertion(let assertion):
                if holds(assertion, at: offset) { stack.append(.visit(instruction + 1)) }
            case .scalar, .set, .match: continue
            }
        }
    }

    private func add(_ instruction: Int, to list: inout ThreadList) {
        list.insert(instruction)
        if width > 0 { list.captures.append(contentsOf: scratch) }
    }

    private func holds(_ assertion: Assertion, at offset: Int) -> Bool {
        switch assertion {
        case .textStart: return offset == 0
        case .textEnd: return offset == text.count
        case .lineStart: return offset == 0 || text[offset - 1] == 0x0A
        case .lineEnd: return offset == text.count || text[offset] == 0x0A
        case .wordBoundary: return isWord(at: offset - 1) != isWord(at: offset)
        case .noWordBoundary: return isWord(at: offset - 1) == isWord(at: offset)
        }
    }

    private func isWord(at offset: Int) -> Bool {
        guard text.indices.contains(offset) else { return false }
        switch text[offset] {
        case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: return true
        default: return false
        }
    }

    /// The scalar at an offset and its length in bytes; length 0 at the end. The text is valid UTF-8.
    private func decode(at offset: Int) -> (UInt32, Int) {
        guard offset < text.count else { return (0, 0) }
        let lead = UInt32(text[offset])
        func rest(_ distance: Int) -> UInt32 { UInt32(text[offset + distance]) & 0x3F }
        if lead < 0x80 { return (lead, 1) }
        if lead < 0xE0 { return ((lead & 0x1F) << 6 | rest(1), 2) }
        if lead < 0xF0 { return ((lead & 0x0F) << 12 | rest(1) << 6 | rest(2), 3) }
        return ((lead & 0x07) << 18 | rest(1) << 12 | rest(2) << 6 | rest(3), 4)
    }
}
