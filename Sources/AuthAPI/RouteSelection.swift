/// The routes that a shim serves: chosen by group or one by one.
package struct RouteSelection: Sendable, Equatable {
    private let names: Set<String>

    package static let all = RouteSelection(Set(routes.map(\.name)))

    private static let routes = authAPI.methods.compactMap { $0.spec.rest }

    private init(_ names: Set<String>) {
        self.names = names
    }

    package func contains(_ route: RESTRoute) -> Bool { names.contains(route.name) }

    package var isEmpty: Bool { names.isEmpty }
}

extension RouteSelection {
    /// What an operator wrote is neither a group nor a route.
    package struct UnknownName: Error, Equatable {
        package let name: String

        package init(name: String) {
            self.name = name
        }
    }

    /// The names that an operator may write: of groups first, then of routes.
    package static let groupNames = RESTRoute.Group.allCases.map(\.rawValue) + [sessionManagement]
    package static let routeNames = routes.map(\.name).filter { RESTRoute.Group(rawValue: $0) == nil }

    /// What the Python library calls the group `sessions`.
    private static let sessionManagement = "session_management"

    /// - Parameters:
    ///   - included: groups and routes to serve; nil serves all.
    ///   - excluded: groups and routes to leave out of those.
    package init(including included: [String]?, excluding excluded: [String]) throws(UnknownName) {
        var names = Self.all.names
        if let included { names = try Self.named(included) }
        self.init(names.subtracting(try Self.named(excluded)))
    }

    private static func named(_ all: [String]) throws(UnknownName) -> Set<String> {
        var names: Set<String> = []
        for name in all {
            let meant = routes(called: name)
            guard !meant.isEmpty else { throw UnknownName(name: name) }
            names.formUnion(meant.map(\.name))
        }
        return names
    }

    /// A group's name means the group, where a route has it too; a hyphen is as good as an underscore.
    private static func routes(called written: String) -> [RESTRoute] {
        let name = String(decoding: written.utf8.map { $0 == 0x2D ? 0x5F : $0 }, as: UTF8.self)
        let group = name.utf8.elementsEqual(sessionManagement.utf8) ? .sessions : RESTRoute.Group(rawValue: name)
        if let group { return routes.filter { $0.group == group } }
        return routes.filter { $0.name.utf8.elementsEqual(name.utf8) }
    }
}
