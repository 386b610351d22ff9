package import Host

/// All sockets of a daemon, and for whom each is.
package struct ListeningSockets: Sendable {
    package typealias Element = (socket: ListeningSocket, listener: AccessPolicy.Listener)

    let all: [Element]

    /// Sockets that the service manager bound, and which alone are served: `rpc`, `admin` and `app-NAME`.
    package init(inherited: [(name: String, socket: ListeningSocket)]) throws(StartFailure) {
        var all: [Element] = []
        for (name, socket) in inherited {
            guard let listener = AccessPolicy.Listener(socketName: name) else {
                throw StartFailure(
                    "An inherited socket is named \"\(name)\"; it can be rpc, admin or app-NAME.")
            }
            guard !all.contains(where: { $0.listener == listener }) else {
                throw StartFailure("Two inherited sockets are named \"\(name)\".")
            }
            all.append((socket, listener))
        }
        self.all = all
    }

    /// Binds the sockets in a directory: `mvp-auth.sock`, `admin.sock`, and `app-NAME.sock` for each app that wants one.
    package init(
        in directory: String, group: String?, apps: [(name: String, group: String?)]
    ) throws(StartFailure) {
        var all: [Element] = []
        do throws(StartFailure) {
            all.append(
                (try ListeningSocket(path: directory + "/mvp-auth.sock", mode: 0o660, group: group), .applications))
            all.append((try ListeningSocket(path: directory + "/admin.sock", mode: 0o600), .operators))
            for app in apps {
                let path = "\(directory)/app-\(app.name).sock"
                all.append((try ListeningSocket(path: path, mode: 0o660, group: app.group), .app(app.name)))
            }
        } catch {
            for (socket, _) in all { socket.remove() }
            throw error
        }
        self.all = all
    }

    /// The path of a listener's socket; nil where there is none.
    package func path(of listener: AccessPolicy.Listener) -> String? {
        all.first { $0.listener == listener }?.socket.path
    }

    /// Removes what was bound from its directory.
    package func remove() {
        for (socket, _) in all { socket.remove() }
    }
}

extension AccessPolicy.Listener {
    /// By the name that the service manager gives to a socket.
    fileprivate init?(socketName name: String) {
        let prefix = "app-"
        switch name {
        case "rpc": self = .applications
        case "admin": self = .operators
        case _ where name.utf8.starts(with: prefix.utf8) && name.utf8.count > prefix.utf8.count:
            self = .app(String(name.dropFirst(prefix.count)))
        default: return nil
        }
    }
}
