internal import ArgumentParser
internal import Glibc
internal import Host

/// Asks before something is lost.
struct ConfirmationOptions: ParsableArguments {
    @Flag(name: [.short, .long], help: "Does it without asking.")
    var yes = false

    /// Returns when it is to be done. Where nobody can be asked, that has to be said by `--yes`.
    ///
    /// - Parameter loss: what will be lost, as a sentence.
    func require(_ loss: String) throws {
        if yes { return }
        guard Terminal.canAsk else {
            throw ValidationError("\(printable(loss)) Nobody can be asked here: --yes does it.")
        }
        let question = "\(printable(loss)) Go on? [y/N] "
        _ = write(STDERR_FILENO, question, question.utf8.count)
        let answer = (readLine(strippingNewline: true) ?? "").lowercased()
        guard ["y", "yes"].contains(answer) else {
            StandardStreams.writeLine("Nothing was done.", to: STDERR_FILENO)
            throw ExitStatus.serviceError
        }
    }
}
