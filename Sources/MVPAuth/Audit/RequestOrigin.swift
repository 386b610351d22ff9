#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Who asked for what is being done. It goes along with the task, so that it reaches what is written without every
/// operation's naming it.
public struct RequestOrigin: Sendable, Equatable {
    /// The app, as the configuration calls it, or the user of the host.
    public var app: String
    /// The user of the host, as the kernel says.
    public var uid: Int64
    /// Where the user is, if the app is believed; no text that is not an address.
    public var source: String? {
        get { address }
        set { address = newValue.flatMap(Self.addressAlone) }
    }
    private var address: String?
    /// Made into a text where one is wanted: most calls note nothing.
    private let number: Number?

    /// Says which call it is, among those of all processes.
    package struct Number: Sendable, Equatable, CustomStringConvertible {
        package let process: String
        package let call: UInt64

        package init(process: String, call: UInt64) {
            self.process = process
            self.call = call
        }

        package var description: String { "\(process)-\(call)" }
    }

    public var requestID: String? { number?.description }

    public init(app: String, uid: Int64) {
        self.init(app: app, uid: uid, nil)
    }

    package init(app: String, uid: Int64, _ number: Number?) {
        self.app = app
        self.uid = uid
        self.number = number
    }

    /// Without the name of an interface (RFC 4007 §11), which may be any text.
    private static func addressAlone(_ text: String) -> String? {
        guard NetworkSource(text) != nil else { return nil }
        return String(decoding: text.utf8.prefix { $0 != UInt8(ascii: "%") }, as: UTF8.self)
    }

    @TaskLocal private static var inTask: RequestOrigin?

    /// Whoever the task works for; by default this process.
    public static var current: RequestOrigin { inTask ?? process(app: Caller.local.name) }

    /// Whoever the task works for; where nobody said so, this process as that app.
    static func current(app: String) -> RequestOrigin { inTask ?? process(app: app) }

    private static func process(app: String) -> RequestOrigin { RequestOrigin(app: app, uid: Int64(geteuid())) }

    /// Does something for whoever this is.
    public func perform<Value: Sendable>(
        _ body: () async throws(AuthError) -> Value
    ) async throws(AuthError) -> Value {
        let result = await Self.$inTask.withValue(self) { () async -> Result<Value, AuthError> in
            do throws(AuthError) {
                return .success(try await body())
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
