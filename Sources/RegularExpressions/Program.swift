/// A pattern as instructions for the matcher.
struct Program: Sendable {
    enum Instruction: Sendable {
        case scalar(UInt32)
        case set(Int)
        /// Continues at both places, preferring the first.
        case split(Int, Int)
        case jump(Int)
        case save(Int)
        case assertion(Assertion)
        case match
    }

    private(set) var instructions: [Instruction] = []
    private(set) var sets: [ScalarSet] = []
    let slotCount: Int
    /// Bytes with which every match begins; empty when nothing is known.
    private(set) var prefix: [UInt8] = []
    /// Whether the pattern is its prefix and nothing more, so that no instruction needs to run.
    private(set) var isOnlyPrefix = false
    /// Whether a match can begin only where the text does.
    private(set) var isAnchored = false

    static let greatestSize = 20_000

    init(_ tree: PatternTree, groupCount: Int) throws(RegularExpressionError) {
        slotCount = groupCount * 2
        try emit(tree)
        try append(.match)
        readPrefix(of: tree, groupCount: groupCount)
    }

    private mutating func append(_ instruction: Instruction) throws(RegularExpressionError) {
        guard instructions.count < Self.greatestSize else {
            throw RegularExpressionError(
                "the pattern is too large", at: 0,
                hint: "repetitions multiply: at most \(Self.greatestSize) steps in all")
        }
        instructions.append(instruction)
    }

    private mutating func emit(_ tree: PatternTree) throws(RegularExpressionError) {
        switch tree {
        case .empty: return
        case .scalar(let scalar): try append(.scalar(scalar))
        case .set(let set):
            sets.append(set)
            try append(.set(sets.count - 1))
        case .assertion(let assertion): try append(.assertion(assertion))
        case .sequence(let items): for item in items { try emit(item) }
        case .group(let inner, let number):
            try append(.save(number * 2))
            try emit(inner)
            try append(.save(number * 2 + 1))
        case .alternatives(let branches): try emit(branches)
        case .repetition(let inner, let least, let most, let greedy):
            try emitRepetition(of: inner, least: least, most: most, greedy: greedy)
        }
    }

    private mutating func emit(_ branches: [PatternTree]) throws(RegularExpressionError) {
        var exits: [Int] = []
        for (index, branch) in branches.enumerated() {
            guard index < branches.count - 1 else {
                try emit(branch)
                break
            }
            let split = instructions.count
            try append(.split(split + 1, 0))
            try emit(branch)
            exits.append(instructions.count)
            try append(.jump(0))
            instructions[split] = .split(split + 1, instructions.count)
        }
        for exit in exits { instructions[exit] = .jump(instructions.count) }
    }

    private mutating func emitRepetition(
        of inner: PatternTree, least: Int, most: Int?, greedy: Bool
    ) throws(RegularExpressionError) {
        for _ in 0..<least { try emit(inner) }
        guard let most else {
            let split = instructions.count
            try append(.split(0, 0))
            try emit(inner)
            try append(.jump(split))
            let (body, end) = (split + 1, instructions.count)
            instructions[split] = greedy ? .split(body, end) : .split(end, body)
            return
        }
        var splits: [Int] = []
        for _ in 0..<(most - least) {
            splits.append(instructions.count)
            try append(.split(0, 0))
            try emit(inner)
        }
        let end = instructions.count
        for split in splits { instructions[split] = greedy ? .split(split + 1, end) : .split(end, split + 1) }
    }

    private mutating func readPrefix(of tree: PatternTree, groupCount: Int) {
        var items: ArraySlice<PatternTree>
        if case .sequence(let all) = tree { items = all[...] } else { items = [tree] }
        if case .assertion(.textStart)? = items.first {
            isAnchored = true
            items = items.dropFirst()
        }
        var text = ""
        while case .scalar(let value)? = items.first, let scalar = Unicode.Scalar(value) {
            text.unicodeScalars.append(scalar)
            items = items.dropFirst()
        }
        prefix = Array(text.utf8)
        isOnlyPrefix = items.isEmpty && groupCount == 1
        if items.count == 1, case .empty? = items.first { isOnlyPrefix = groupCount == 1 }
    }
}
