internal import Glibc
package import Logging
internal import MVPAuth
internal import Host
internal import StrictJSON
internal import Synchronization

/// Writes one escaped line per event to standard error: with `<N>` priorities under journald (sd-daemon(3)), as text on
/// a terminal, as JSON elsewhere. Never waits: see `LineWriter`.
package struct LineLogHandler: LogHandler {
    package enum Format: Sendable {
        case journal, terminal, json
    }

    package var metadata: Logger.Metadata = [:]
    package var logLevel: Logger.Level {
        get { Self.level.withLock { $0 } }
        set { Self.level.withLock { $0 = newValue } }
    }

    private let label: String
    private let format: Format
    private static let level = Mutex(Logger.Level.info)
    private static let longestText = 1024

    package init(label: String, format: Format = .detected) {
        self.label = label
        self.format = format
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var fields = metadata
        if let own = event.metadata { fields.merge(own) { $1 } }
        let format = format
        LineWriter.errors.write(Self.line(event.level, event.message.description, fields, format)) { lost in
            Self.line(.warning, "\(lost) log lines were dropped", [:], format)
        }
    }

    /// How many lines were dropped since the start because nobody read them.
    package static var droppedLines: Int { LineWriter.errors.droppedLines }

    private static func line(
        _ level: Logger.Level, _ message: String, _ fields: Logger.Metadata, _ format: Format
    ) -> [UInt8] {
        let message = bounded(message)
        switch format {
        case .journal, .terminal:
            var line = format == .journal ? "<\(priority(level))>" : "\(SystemTime().now()) \(level) "
            line += escaped(message)
            for (key, value) in fields.sorted(by: { $0.key < $1.key }) {
                line += " \(key)=\(escaped(bounded(value.description)))"
            }
            return Array((line + "\n").utf8)
        case .json:
            var json = JSONWriter()
            json.beginObject()
            json.member("time", SystemTime().now().description)
            json.member("level", level.rawValue)
            json.member("message", message)
            for (key, value) in fields.sorted(by: { $0.key < $1.key }) {
                json.name(key)
                json.string(bounded(value.description))
            }
            json.endObject()
            return json.bytes + [UInt8(ascii: "\n")]
        }
    }

    /// The priorities of syslog(3).
    private static func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }

    private static func bounded(_ text: String) -> String {
        guard text.utf8.count > longestText else { return text }
        return String(decoding: text.utf8.prefix(longestText), as: UTF8.self) + "…"
    }

    /// Controls, line separators and bidirectional marks as escapes: nothing that is logged can forge a line.
    private static func escaped(_ text: String) -> String {
        printable(text) { "\\u{\(String($0.value, radix: 16))}" }
    }
}

extension LineLogHandler.Format {
    /// By what standard error is.
    package static var detected: Self {
        if JournalStream.isStandardError(getenv("JOURNAL_STREAM").map { String(cString: $0) }) { return .journal }
        return isatty(STDERR_FILENO) == 1 ? .terminal : .json
    }
}
