internal import ArgumentParser
internal import Glibc
internal import Host
internal import Synchronization

/// A line of standard input; what is typed on a terminal is not shown.
///
/// Whatever ends or stops the program while it asks finds the terminal as it was. A signal may come to any thread, so
/// its handler only writes to a pipe, on which the one that asks waits as well as on the terminal.
enum HiddenInput {
    static func line(asking name: String) throws -> String {
        var before = termios()
        guard isatty(STDIN_FILENO) == 1, tcgetattr(STDIN_FILENO, &before) == 0 else {
            guard let line = bytesOfLine() else { throw ended(name) }
            return try text(ofFirstLine: line, for: name)
        }
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw ValidationError("\(name) cannot be asked for: \(StartFailure.reason).")
        }
        for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        defer {
            close(ends[0])
            close(ends[1])
        }
        while true {
            switch ask(name, hearing: ends, before) {
            case .line(let line): return try text(ofFirstLine: line, for: name)
            case .ended: throw ended(name)
            // Ends the program, or stops it: then it asks again when it is continued.
            case .signal(let number): deliver(number)
            }
        }
    }

    /// A line as it was written, without its LF or CRLF. What is no UTF-8 is refused: repaired, it would be another secret.
    static func text(ofFirstLine bytes: [UInt8], for name: String) throws -> String {
        var line = bytes.prefix { $0 != UInt8(ascii: "\n") }
        if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
        guard let text = String(validating: line, as: UTF8.self) else {
            throw ValidationError("\(name) must be UTF-8.")
        }
        return text
    }

    /// The next line of what is no terminal, and not a byte of what follows; nil at its end.
    private static func bytesOfLine() -> [UInt8]? {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while line.last != UInt8(ascii: "\n") {
            let count = Glibc.read(STDIN_FILENO, &byte, 1)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return line.isEmpty ? nil : line }
            line.append(byte)
        }
        return line
    }

    /// Raises a signal on this thread, on which the runtime blocks them.
    private static func deliver(_ number: Int32) {
        var (set, before) = (sigset_t(), sigset_t())
        sigemptyset(&set)
        sigaddset(&set, number)
        pthread_sigmask(SIG_UNBLOCK, &set, &before)
        raise(number)
        pthread_sigmask(SIG_SETMASK, &before, nil)
    }

    private enum Outcome {
        case line([UInt8])
        case ended
        case signal(Int32)
    }

    /// Where the handler writes the numbers of signals.
    private static let signals = Atomic<Int32>(-1)
    private static let handled = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP]

    /// Asks once. The terminal and the handlers of signals are as before when it returns.
    private static func ask(_ name: String, hearing ends: [Int32], _ before: termios) -> Outcome {
        signals.store(ends[1], ordering: .sequentiallyConsistent)
        let handlers = handled.map { number in
            let previous = signal(number) { number in
                let failure = errno
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(HiddenInput.signals.load(ordering: .sequentiallyConsistent), &byte, 1)
                errno = failure
            }
            // What was ignored, by nohup for example, stays so.
            if isIgnored(previous) { _ = signal(number, SIG_IGN) }
            return previous
        }
        defer {
            for (number, handler) in zip(handled, handlers) where !isIgnored(handler) { _ = signal(number, handler) }
        }
        var quiet = before
        quiet.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet)
        _ = write(STDERR_FILENO, "\(name): ", name.utf8.count + 2)
        defer {
            // In the background the terminal is somebody else's, and to change it would stop the program.
            if tcgetpgrp(STDIN_FILENO) == getpgrp() {
                var before = before
                tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
            }
            _ = write(STDERR_FILENO, "\n", 1)
        }
        return read(hearing: ends[0])
    }

    private static func read(hearing signals: Int32) -> Outcome {
        var typed: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while true {
            var waiting = [
                pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
                pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&waiting, 2, -1) >= 0 || errno == EINTR else { return .ended }
            var number: UInt8 = 0
            if Glibc.read(signals, &number, 1) == 1 { return .signal(Int32(number)) }
            guard waiting[1].revents != 0 else { continue }
            let count = Glibc.read(STDIN_FILENO, &piece, piece.count)
            if count < 0 && errno == EINTR { continue }
            typed += piece.prefix(max(0, count))
            if typed.last == UInt8(ascii: "\n") { return .line(typed) }
            if count <= 0 { return typed.isEmpty ? .ended : .line(typed) }
        }
    }

    private static func isIgnored(_ handler: __sighandler_t?) -> Bool {
        // Functions cannot be compared, and this is none: it is the number 1.
        unsafeBitCast(handler, to: Int.self) == 1
    }

    private static func ended(_ name: String) -> ValidationError {
        ValidationError("\(name) was to come from standard input, which has ended.")
    }
}
