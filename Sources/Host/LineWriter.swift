internal import Glibc

/// Lines on their way to standard output or standard error. A thread of their own writes them: whoever says something
/// never waits for a stopped terminal or a stuck reader.
///
/// Bounded. What does not fit is dropped and counted, and the reader is told how much once it reads again. At exit what
/// is left is written, as long as that takes no more than a moment.
package final class LineWriter: @unchecked Sendable {
    package static let output = LineWriter(STDOUT_FILENO)
    package static let errors = LineWriter(STDERR_FILENO)

    /// The writer of a descriptor.
    static func of(_ descriptor: Int32) -> LineWriter {
        descriptor == STDERR_FILENO ? errors : output
    }

    // SAFETY: every access to the state below is between lock and unlock of `mutex`; the pointers are never freed, as
    // both writers live as long as the process.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let descriptor: Int32
    private var lines: [[UInt8]] = []
    private var bytes = 0
    private var isStarted = false
    private var isWriting = false
    private var dropped = 0
    private var droppedInAll = 0
    /// The line that says how many were dropped.
    private var note: (Int) -> [UInt8] = { Array("\($0) log lines were dropped\n".utf8) }

    /// What may wait.
    private static let mostBytes = 128 * 1024
    /// How long the exit waits, in nanoseconds.
    private static let patience = 500_000_000

    private init(_ descriptor: Int32) {
        self.descriptor = descriptor
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(changed, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    /// How many lines were dropped since the start.
    package var droppedLines: Int { locked { droppedInAll } }

    /// Puts a line, with its line feed, after those that wait.
    ///
    /// - Parameter note: makes the line that says how many were dropped.
    package func write(_ line: [UInt8], note: ((Int) -> [UInt8])? = nil) {
        locked {
            if let note { self.note = note }
            guard bytes + line.count <= Self.mostBytes, start() else {
                dropped += 1
                droppedInAll += 1
                return
            }
            lines.append(line)
            bytes += line.count
            pthread_cond_broadcast(changed)
        }
    }

    /// Waits until everything has been written, or the time has come.
    private func flush(until deadline: timespec) {
        locked {
            var deadline = deadline
            while !lines.isEmpty || isWriting || dropped > 0, isStarted {
                if pthread_cond_timedwait(changed, mutex, &deadline) != 0 { return }
            }
        }
    }

    /// Starts the thread with the first line. False when there can be none.
    private func start() -> Bool {
        if isStarted { return true }
        guard HostThread.start({ [self] in run() }) else { return false }
        isStarted = true
        LineWriter.flushesAtExit
        return true
    }

    private static let flushesAtExit: Void = {
        atexit {
            var deadline = timespec()
            clock_gettime(CLOCK_MONOTONIC, &deadline)
            let nanoseconds = deadline.tv_nsec + LineWriter.patience
            deadline.tv_sec += nanoseconds / 1_000_000_000
            deadline.tv_nsec = nanoseconds % 1_000_000_000
            LineWriter.output.flush(until: deadline)
            LineWriter.errors.flush(until: deadline)
        }
    }()

    private func run() -> Never {
        while true {
            var (batch, last) = take()
            while let line = batch.popLast() { put(line) }
            if let last { put(last) }
            locked {
                isWriting = false
                pthread_cond_broadcast(changed)
            }
        }
    }

    /// What waits, the last line first, and what to say of those that were dropped after them.
    private func take() -> (batch: [[UInt8]], last: [UInt8]?) {
        locked {
            while lines.isEmpty, dropped == 0 { pthread_cond_wait(changed, mutex) }
            defer { (lines, bytes, dropped, isWriting) = ([], 0, 0, true) }
            return (lines.reversed(), dropped > 0 ? note(dropped) : nil)
        }
    }

    /// Writes a line in one piece where the reader takes it so. One that nobody will ever read is gone.
    private func put(_ line: [UInt8]) {
        line.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Glibc.write(
                    descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count >= 0 {
                    rest = rest.dropFirst(count)
                } else if errno == EAGAIN {
                    // Somebody made the open file non-blocking.
                    var writable = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&writable, 1, -1)
                } else if errno != EINTR {
                    return
                }
            }
        }
    }

    private func locked<R>(_ body: () -> R) -> R {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }
}
