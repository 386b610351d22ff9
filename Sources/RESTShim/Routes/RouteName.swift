/// What a route is called in counts.
struct RouteName: Hashable, Sendable {
    let path: String
    let verb: String

    /// No route.
    static let unrouted = RouteName(path: "none", verb: "none")
}
