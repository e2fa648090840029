/// First in, first out.
struct Queue<Element> {
    private var elements: [Element] = []
    private var start = 0

    var isEmpty: Bool { start == elements.count }
    var count: Int { elements.count - start }
    var first: Element? { isEmpty ? nil : elements[start] }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func removeFirst() -> Element? {
        guard let first else { return nil }
        start += 1
        if start * 2 > elements.count {
            elements.removeFirst(start)
            start = 0
        }
        return first
    }

    mutating func removeAll(where isRemoved: (Element) -> Bool) {
        elements.removeFirst(start)
        start = 0
        elements.removeAll(where: isRemoved)
    }
}
