package import Host
package import AuthAPI

extension ShimConfiguration {
    /// The routes that are served, as an operator names them: groups and routes, nil includes all. An unknown name, or
    /// nothing left to serve, is an error.
    package static func routes(
        including included: [String]?, excluding excluded: [String]
    ) throws(StartFailure) -> RouteSelection {
        let selection: RouteSelection
        do throws(RouteSelection.UnknownName) {
            selection = try RouteSelection(including: included, excluding: excluded)
        } catch {
            throw unknown(error.name)
        }
        guard !selection.isEmpty else { throw .configuration("No route is selected; nothing would be served.") }
        return selection
    }

    private static func unknown(_ name: String) -> StartFailure {
        let (groups, routes) = (RouteSelection.groupNames, RouteSelection.routeNames)
        let nearest =
            NearestName.of(name, among: groups + routes, limit: max(1, name.utf8.count / 3)).map {
                " Did you mean \"\($0)\"?"
            } ?? ""
        return .configuration(
            """
            There is no route or group of routes \"\(name)\".\(nearest) The groups are \(groups.joined(separator: ", ")); \
            the routes are \(routes.joined(separator: ", ")).
            """)
    }
}
