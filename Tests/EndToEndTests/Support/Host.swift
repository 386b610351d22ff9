import Foundation

/// This host, seen by tests that need other users on it.
enum Host {
    static var isRoot: Bool { geteuid() == 0 }

    /// Sends one line to a socket as somebody else, and gives what was answered: nothing, when nobody was let in.
    static func ask(
        _ socket: String, _ line: String, as uid: Int, gid: Int, groups: [Int], in directory: String
    ) async throws -> String {
        let script = """
            import socket, sys
            peer = socket.socket(socket.AF_UNIX)
            peer.settimeout(10)
            try:
                peer.connect(sys.argv[1])
                peer.sendall(sys.argv[2].encode() + b"\\n")
                print(peer.makefile().readline(), end="")
            except OSError as error:
                print(error, file=sys.stderr)
            """
        let list = groups.isEmpty ? "--clear-groups" : "--groups=" + groups.map(String.init).joined(separator: ",")
        let process = try ChildProcess(
            "/usr/bin/setpriv",
            ["--reuid=\(uid)", "--regid=\(gid)", list, "/usr/bin/python3", "-c", script, socket, line], in: directory)
        _ = await process.ended()
        return process.output
    }
}
