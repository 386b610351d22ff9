internal import CLinux
internal import Glibc
internal import Host
internal import Subprocess
internal import SystemPackage

/// A program that is run for each email and gets it on its standard input.
///
/// The child gets no variable of ours but `PATH`, no descriptor but 0 to 2, and a process group of its own, which is
/// ended as a whole at the deadline. No shell takes part, and nothing secret is in argv or in the environment.
struct ChildProgram: Sendable {
    let command: [String]
    let path: String
    let deadline: Duration

    enum Ending: Equatable, Sendable {
        case exited(Int32)
        case signalled(Int32)
        case late
        case notStarted(String)
    }

    /// - Parameters:
    ///   - command: the program, by path or found in `path`, and its arguments.
    ///   - path: what the child's `PATH` is.
    init(command: [String], path: String, deadline: Duration) {
        precondition(!command.isEmpty)
        self.command = command
        self.path = path
        self.deadline = deadline
    }

    /// Runs it to its end.
    ///
    /// - Returns: how it ended, and the first line that it said on standard error, without the secret.
    func run(input: [UInt8], hiding secret: String) async -> (ending: Ending, said: String?) {
        guard let errors = ErrorText(), let input = Self.file(holding: input) else {
            return (.notStarted("there is no room for what it is to read"), nil)
        }
        let status: TerminationStatus?
        do {
            status = try await ended(input, errors)
        } catch {
            return (.notStarted(printable("\(error)")), nil)
        }
        let ending: Ending =
            switch status {
            case .exited(let code): .exited(Int32(code))
            case .signaled(let signal): .signalled(Int32(signal))
            case nil: .late
            }
        return (ending, errors.firstLine(hiding: secret))
    }

    private func ended(_ input: FileDescriptor, _ errors: ErrorText) async throws -> TerminationStatus? {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [
            .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .seconds(2))
        ]
        let executable: Executable = command[0].contains("/") ? .path(.init(command[0])) : .name(command[0])
        let (arguments, path, platform, deadline) = (Array(command.dropFirst()), path, options, deadline)
        let errorFile = FileDescriptor(rawValue: errors.descriptor)
        return try await withThrowingTaskGroup(of: TerminationStatus?.self) { group in
            group.addTask {
                try await Subprocess.run(
                    executable, arguments: Arguments(arguments), environment: .custom(["PATH": path]),
                    platformOptions: platform, input: .fileDescriptor(input, closeAfterSpawningProcess: true),
                    output: .discarded, error: .fileDescriptor(errorFile, closeAfterSpawningProcess: false)
                ).terminationStatus
            }
            group.addTask {
                try await Task.sleep(for: deadline)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }

    /// A file in memory with these bytes: a program that ends without reading them is no error, and nobody waits for one
    /// that reads slowly.
    private static func file(holding bytes: [UInt8]) -> FileDescriptor? {
        let file = file_in_memory(bytes.count)
        guard file >= 0 else { return nil }
        guard pwrite(file, bytes, bytes.count, 0) == bytes.count else {
            close(file)
            return nil
        }
        return FileDescriptor(rawValue: file)
    }
}

extension ChildProgram {
    /// Whether the program is there and may be run.
    ///
    /// - Throws: what is wrong.
    func check() throws(StartFailure) {
        let places =
            command[0].contains("/")
            ? [command[0]] : path.split(separator: ":").map { $0 + "/" + command[0] }
        guard places.contains(where: { access($0, X_OK) == 0 }) else {
            throw StartFailure("The program \(printable(command[0])) is not there, or may not be run by this user.")
        }
    }
}
