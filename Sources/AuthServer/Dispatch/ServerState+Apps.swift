internal import AuthAPI

extension ServerState {
    /// Every app of the configuration, and who else has called since the start, by name.
    var apps: [AppReport] {
        let entries = configuration.access.entries
        let usages = allUsages
        let known = entries.map { entry in
            let usage = usages[entry.app.name]
            return AppReport(
                name: entry.app.name, isConfigured: true, roles: entry.roles.names, methods: entry.app.methodNames,
                connections: usage?.connections ?? 0, calls: usage?.calls ?? 0)
        }
        let names = Set(known.map(\.name))
        let others = usages.filter { !names.contains($0.key) }.map { name, usage in
            AppReport(name: name, isConfigured: false, connections: usage.connections, calls: usage.calls)
        }
        return (known + others).sorted { $0.name < $1.name }
    }
}
