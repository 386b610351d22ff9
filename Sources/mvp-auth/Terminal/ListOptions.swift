internal import ArgumentParser
internal import AuthAPI
internal import Glibc
internal import Host
internal import MVPAuthClient

/// How much of a list is wanted.
struct ListOptions: ParsableArguments {
    @Option(help: "How many come at most.")
    var limit = 50

    @Flag(help: "All of them, however many there are.")
    var all = false

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit must be more than 0.") }
    }

    /// Reads page by page until there is enough.
    ///
    /// - Returns: what was read, and whether there is more.
    func gather<Element>(
        _ page: (_ cursor: String?, _ limit: Int) async throws(AuthClientError) -> ([Element], next: String?)
    ) async throws(AuthClientError) -> ([Element], isCut: Bool) {
        var elements: [Element] = []
        var cursor: String?
        repeat {
            let rest = all ? PageSize.range.upperBound : min(limit - elements.count, PageSize.range.upperBound)
            let (more, next) = try await page(cursor, rest)
            elements += more
            cursor = next
        } while cursor != nil && (all || elements.count < limit)
        return (elements, cursor != nil)
    }

    static func sayThereIsMore() {
        StandardStreams.writeLine("There are more; --all shows them.", to: STDERR_FILENO)
    }
}
