internal import Glibc
internal import Host
internal import StrictJSON

/// What the servers have in common when they start: what is wrong is said in sentences, a line each, and the status of
/// the exit is one that a service manager understands (sysexits.h).
extension Program {
    /// Runs the program. Where it cannot go on the process ends.
    ///
    /// - Parameter failing: the beginning of the sentence about a failure that is none of ours.
    package func run(failing: String, _ body: () async throws -> Void) async {
        do {
            try await body()
        } catch let error as SettingsError {
            fail(error.sentences, EX_CONFIG)
        } catch let error as StartFailure {
            fail([error.sentence], error.status.rawValue)
        } catch {
            fail(["\(failing): \(error)."], 1)
        }
    }

    /// Says what is wrong on standard error, and ends the process.
    private func fail(_ sentences: [String], _ status: Int32) -> Never {
        for sentence in sentences { StandardStreams.post("\(rawValue): \(sentence)", to: STDERR_FILENO) }
        exit(status)
    }

    /// Prints the effective settings as JSON.
    package func show(_ settings: [SettingSource.Effective]) {
        let list = JSON.array(
            settings.map {
                [
                    "name": .string($0.name), "summary": .string($0.summary), "allowed": .string($0.allowed),
                    "value": .string($0.shown), "from": .string($0.origin),
                ]
            })
        StandardStreams.writeLine(String(decoding: list.text, as: UTF8.self), to: STDOUT_FILENO)
    }
}
