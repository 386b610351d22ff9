/// What the encoders of one value share: the text so far and the containers that are open in it.
///
/// `Encoder` never says that a container is done. It is closed when something is written outside it; writing to a
/// closed one is an error, because its place in the text has passed.
final class EncodingContext {
    // SAFETY: one encoder at a time, never called back from inside the writer.
    @exclusivity(unchecked) var json = JSONWriter()
    @exclusivity(unchecked) private var open: [OpenContainer] = []
    private var containers = 0

    struct OpenContainer {
        let number: Int
        /// Where in the text the container starts: a second request for the same value's container finds it again.
        let start: Int
        let isObject: Bool
        var count = 0
    }

    func encode<T: Encodable>(_ value: T) throws {
        if let writable = value as? any JSONWritable { return writable.write(to: &json) }
        let start = json.count
        let depth = open.count
        try value.encode(to: ValueEncoder(context: self, start: start))
        close(to: depth)
        // A value that encodes nothing is an object without members.
        if json.count == start { json.raw("{}") }
    }

    private func close(to depth: Int) {
        while open.count > depth {
            if open.removeLast().isObject { json.endObject() } else { json.endArray() }
        }
    }

    /// Opens the container of the value that starts at `start`, or finds it open.
    func container(isObject: Bool, at start: Int) -> Int {
        if let same = open.last(where: { $0.start == start && $0.isObject == isObject }) { return same.number }
        containers += 1
        open.append(OpenContainer(number: containers, start: start, isObject: isObject))
        if isObject { json.beginObject() } else { json.beginArray() }
        return containers
    }

    /// Makes the container the innermost open one and goes to its next place. Answers what it holds so far.
    @discardableResult
    func next(in container: Int) throws -> Int {
        guard let place = open.lastIndex(where: { $0.number == container }) else {
            throw EncodingError.invalidValue(
                container, .init(codingPath: [], debugDescription: "container written to after its end"))
        }
        close(to: place + 1)
        open[place].count += 1
        return open[place].count - 1
    }

    func count(of container: Int) -> Int { open.last { $0.number == container }?.count ?? 0 }

    func begin(_ name: String, in container: Int) throws {
        try next(in: container)
        json.name(name)
    }

    func beginElement(in container: Int) throws {
        try next(in: container)
        json.element()
    }

    /// A value's only content: written at its start or not at all.
    func beginSingle(at start: Int) throws {
        guard json.count == start else {
            throw EncodingError.invalidValue(
                start, .init(codingPath: [], debugDescription: "two values encoded in the place of one"))
        }
    }

    func double(_ value: Double) throws {
        guard value.isFinite else {
            throw EncodingError.invalidValue(
                value, .init(codingPath: [], debugDescription: "JSON has no such number"))
        }
        json.double(value)
    }

    func float(_ value: Float) throws {
        guard value.isFinite else { return try double(Double(value)) }
        json.ascii(value.description)
    }
}
