internal import Host
package import MVPAuth
internal import StrictJSON
internal import Subprocess
internal import SystemPackage

/// Runs a program for each message and gives it the event as one line of JSON on its standard input.
///
/// The token is never in argv or in the environment. The child gets no variable of ours but `PATH`, no descriptor but
/// 0 to 2, and a process group of its own, which is ended as a whole at the deadline. No shell takes part.
package struct CommandEmailSink: EmailSink {
    private let command: [String]
    private let path: String
    private let deadline: Duration

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// - Parameter command: the program, by path or found in `path`, and its arguments.
    package init(command: [String], path: String, deadline: Duration = .seconds(10)) {
        precondition(!command.isEmpty)
        self.command = command
        self.path = path
        self.deadline = deadline
    }

    package func deliver(_ event: EmailEvent) async throws {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [
            .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .seconds(2))
        ]
        let executable: Executable = command[0].contains("/") ? .path(.init(command[0])) : .name(command[0])
        let input = try Self.pipe(holding: Self.line(for: event))
        let (arguments, path, platform) = (Array(command.dropFirst()), path, options)
        guard let errors = ErrorText() else { throw Failure(description: "there is no room for what it says") }
        let errorFile = FileDescriptor(rawValue: errors.descriptor)
        let status = try await withThrowingTaskGroup(of: TerminationStatus?.self) { group in
            group.addTask {
                try await run(
                    executable, arguments: Arguments(arguments), environment: .custom(["PATH": path]),
                    platformOptions: platform, input: .fileDescriptor(input, closeAfterSpawningProcess: true),
                    output: .discarded,
                    error: .fileDescriptor(errorFile, closeAfterSpawningProcess: false)
                ).terminationStatus
            }
            group.addTask {
                try await Task.sleep(for: deadline)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
        guard let status else { throw Failure(description: "it did not finish in time and was ended") }
        guard case .exited(0) = status else {
            let said = errors.firstLine(hiding: event.token?.reveal() ?? "\0").map { ": \($0)" } ?? ""
            throw Failure(description: "it ended with \(status)\(said)")
        }
    }

    /// The reading end of a pipe that holds these bytes already: a program that ends without reading them is no error.
    private static func pipe(holding bytes: [UInt8]) throws -> FileDescriptor {
        let pipe = try FileDescriptor.pipe()
        defer { try? pipe.writeEnd.close() }
        // A pipe takes 64 KiB without a reader (pipe(7)); an event is far below that.
        guard bytes.count <= 32 * 1024, try pipe.writeEnd.writeAll(bytes) == bytes.count else {
            try pipe.readEnd.close()
            throw Failure(description: "the message is too long")
        }
        return pipe.readEnd
    }

    private static func line(for event: EmailEvent) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("id", event.delivery.message.description)
        json.member("event", event.kind.rawValue)
        json.member("email", event.email)
        json.member("token", ifPresent: event.token?.reveal())
        json.member("user_id", ifPresent: event.userID?.description)
        json.member("created_at", event.createdAt.description)
        json.member("expires_at", event.expiresAt.description)
        json.endObject()
        return json.bytes + [UInt8(ascii: "\n")]
    }
}
