internal import Dispatch
internal import Glibc
internal import Host
internal import Synchronization

/// The whole terminal, for as long as something is shown that changes: the alternate screen, keys that come one by one, no
/// cursor. What was there before is there again afterwards, however it ends.
final class LiveScreen: @unchecked Sendable {
    // SAFETY: what is not a constant is in a mutex; the terminal's settings are read once, and restored once.
    private let former: termios
    private let hasLeft = Mutex(false)
    private let ends: AsyncStream<Int32>
    private let end: AsyncStream<Int32>.Continuation
    private let sources: [any DispatchSourceProtocol]

    private static let endings = [SIGINT, SIGTERM, SIGHUP]

    /// Nil: standard input and output are no terminal.
    init?() {
        var settings = termios()
        guard tcgetattr(STDIN_FILENO, &settings) == 0 else { return nil }
        former = settings
        (ends, end) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
        let end = end
        var sources: [any DispatchSourceProtocol] = Self.endings.map { number in
            // The source hears of it all the same.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { _ = end.yield(number) }
            return source
        }
        let keys = DispatchSource.makeReadSource(fileDescriptor: STDIN_FILENO)
        keys.setEventHandler {
            var bytes = [UInt8](repeating: 0, count: 64)
            let count = read(STDIN_FILENO, &bytes, bytes.count)
            if count <= 0 {
                // The terminal is gone.
                end.yield(SIGHUP)
            } else if bytes[..<count].contains(where: { $0 == UInt8(ascii: "q") || $0 == UInt8(ascii: "Q") }) {
                end.yield(0)
            }
        }
        sources.append(keys)
        self.sources = sources
        settings.c_lflag &= ~tcflag_t(ICANON | ECHO)
        // No key: Ctrl-Z would leave the shell with this screen.
        withUnsafeMutableBytes(of: &settings.c_cc) { $0[Int(VSUSP)] = 0 }
        tcsetattr(STDIN_FILENO, TCSANOW, &settings)
        for source in sources { source.resume() }
        Self.write("\u{1B}[?1049h\u{1B}[?25l\u{1B}[H\u{1B}[J")
    }

    /// Waits until it is to end: 0 for the key q, else the signal.
    func ended() async -> Int32 {
        for await number in ends { return number }
        return 0
    }

    func draw(_ view: TopView) {
        var size = winsize()
        let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 && size.ws_row > 0
        let (width, height) = isKnown ? (Int(size.ws_col), Int(size.ws_row)) : (80, 24)
        show(view.lines(width: width, height: height, isColoured: Terminal.isColoured))
    }

    /// A sentence in the place of everything.
    func say(_ sentence: String) {
        show([Terminal.cut(printable(sentence), to: Terminal.width ?? 80)])
    }

    private func show(_ lines: [String]) {
        let body = lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n")
        hasLeft.withLock { hasLeft in
            if !hasLeft { Self.write("\u{1B}[H" + body + "\u{1B}[J") }
        }
    }

    func leave() {
        let isFirst = hasLeft.withLock { hasLeft in
            defer { hasLeft = true }
            return !hasLeft
        }
        guard isFirst else { return }
        for source in sources { source.cancel() }
        Self.write("\u{1B}[?25h\u{1B}[?1049l")
        var settings = former
        tcsetattr(STDIN_FILENO, TCSANOW, &settings)
        end.finish()
    }

    private static func write(_ text: String) {
        let bytes = Array(text.utf8)
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { return }
            rest = rest.dropFirst(max(0, count))
        }
    }
}
