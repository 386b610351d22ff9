internal import JSONRPC

/// A batch that is being answered: the items that are left, and the replies so far.
final class BatchCall {
    private var rest: ArraySlice<RequestItem>
    /// Where the replies go. ``keep(from:)`` judges each after it has been written.
    var writer = ResponseWriter()
    private let limit: Int
    /// Whether a reply did not fit: then nothing more is executed.
    private(set) var isFull = false

    /// - Parameter limit: bytes that the line which answers may have.
    init(_ items: [RequestItem], limit: Int) {
        rest = items[...]
        self.limit = limit
        writer.beginBatch()
    }

    var isEmpty: Bool { rest.isEmpty }

    func next() -> RequestItem? { rest.popFirst() }

    /// Whether what was written since `start` fits. What does not is taken back.
    func keep(from start: Int) -> Bool {
        guard writer.json.count + 2 > limit else { return true }
        writer.json.truncate(to: start)
        isFull = true
        return false
    }

    /// The line that answers; empty where nothing in the batch wanted an answer.
    func line() -> ReplyLine {
        writer.endBatch()
        return ReplyLine(taking: &writer)
    }
}
