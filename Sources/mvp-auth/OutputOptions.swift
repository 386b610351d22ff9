internal import ArgumentParser
internal import Glibc
internal import Host
internal import MVPAuthClient
internal import StrictJSON

/// How a command shows what came out.
struct OutputOptions: ParsableArguments {
    @Flag(help: "One line of JSON, for programs.")
    var json = false

    /// Shows a value: compact with `--json`, else for people, in colour on a terminal.
    func show(_ value: JSON) {
        if json {
            StandardStreams.writeLine(String(decoding: value.text, as: UTF8.self), to: STDOUT_FILENO)
        } else {
            StandardStreams.writeLine(TerminalJSON(isColoured: Terminal.isColoured).text(of: value), to: STDOUT_FILENO)
        }
    }

    /// Shows a list: with `--json` an object on each line, else a table, or a sentence where there is nothing.
    func show(_ objects: [JSON], _ table: Table, else sentence: String) {
        if json {
            for object in objects { show(object) }
        } else if table.isEmpty {
            StandardStreams.writeLine(sentence, to: STDERR_FILENO)
        } else {
            table.show()
        }
    }

    /// Says what was done: with `--json` as an object.
    func say(_ object: JSON, _ sentence: String) {
        if json { show(object) } else { StandardStreams.writeLine(printable(sentence), to: STDOUT_FILENO) }
    }

    /// Shows an error on standard error; with `--json` as an object on standard output.
    func show(_ error: AuthClientError) {
        guard json else {
            var lines = ["\(error.code): \(error.message)"]
            lines += error.fields.map { "  \($0.path) \($0.reason)" }
            StandardStreams.writeLine(lines.map { printable($0) }.joined(separator: "\n"), to: STDERR_FILENO)
            return
        }
        var object: JSON = [
            "code": .string(error.code), "message": .string(error.message), "executed": .bool(error.executed),
        ]
        object["request_id"] = error.requestID.map(JSON.string)
        object["retry_after_ms"] = error.retryAfterMilliseconds.map(JSON.int)
        object["proofs"] = error.proofs.map { .array($0.map(JSON.string)) }
        if !error.fields.isEmpty {
            object["fields"] = .array(
                error.fields.map { ["path": .string($0.path), "reason": .string($0.reason)] })
        }
        show(["error": object])
    }
}
