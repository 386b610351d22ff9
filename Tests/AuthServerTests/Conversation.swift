import AuthAPI
import JSONRPC

@testable import AuthServer

/// A connection without a channel: what the peer says goes in, what the connection does comes out, in words.
///
/// A line `now` is answered at once with ten bytes, `long` with a hundred; `store` and `hash` are calls that wait, and
/// `batch` is one of two calls, of ten bytes each. `hash 1 holding 50` is one of a batch that holds 50 bytes meanwhile.
final class Conversation {
    private var machine: ConnectionMachine
    private let share: UserShare
    private var input: [UInt8] = []
    private var written = 0
    /// What the channel holds, as if the kernel took nothing.
    var held = 0
    /// Nanoseconds.
    var now: UInt64 = 0
    /// Whether others of the loop are to have their turn.
    var isTurnOver = false
    private(set) var handled: [String] = []

    init(_ limits: Limits = .standard, share: UserShare = UserShare(uid: 1), bufferBytes: Int = 65_536) {
        self.share = share
        machine = ConnectionMachine(limits: limits, share: share, bufferBytes: bufferBytes, at: 0)
    }

    func says(_ text: String) -> [String] {
        input += Array(text.utf8)
        machine.read()
        return actions()
    }

    func closesItsSide() -> [String] {
        machine.inputClosed()
        return actions()
    }

    func isGone() -> [String] {
        machine.closed(holding: input.count)
        return actions()
    }

    func completes(_ cost: Cost = .store) -> [String] {
        machine.completed(cost)
        return actions()
    }

    func fires(_ timer: ConnectionMachine.Timer) -> [String] {
        machine.fired(timer)
        return actions()
    }

    func becomes(writable: Bool) -> [String] {
        machine.writable(writable)
        return actions()
    }

    func hasTurn() -> [String] {
        machine.turn()
        return actions()
    }

    /// A batch that waited for a call goes on.
    func pauses() -> [String] {
        machine.paused()
        return actions()
    }

    /// A stop is asked for, and the peer is gone before anything has come of that.
    func drainsAndIsGone() -> [String] {
        machine.drain()
        return isGone()
    }

    var isOver: Bool { machine.isOver }

    /// Whether it keeps what the peer has said.
    var keepsInput: Bool { !input.isEmpty }

    func delay(of timer: ConnectionMachine.Timer) -> Int { machine.delay(of: timer) }

    func drains() -> [String] {
        machine.drain()
        return actions()
    }

    private func actions() -> [String] {
        var words: [String] = []
        var position = 0
        let bytes = input
        bytes.withUnsafeBytes { bytes in
            while let action = machine.next(
                in: bytes, from: &position, written: written, isTurnOver: { isTurnOver })
            {
                words.append(word(action))
                precondition(words.count < 100_000, "it never comes to rest")
            }
        }
        input = machine.hasInput ? Array(input.dropFirst(position)) : []
        return words
    }

    private func word(_ action: ConnectionMachine.Action) -> String {
        switch action {
        case .handle(let line): return handle(String(decoding: line, as: UTF8.self))
        case .continueBatch:
            continueBatch()
            return "go on"
        case .queue: return "queue"
        case .refuse:
            written += 10
            return "refuse"
        case .report(let found, _): return "report \(found)"
        case .send:
            written = 0
            return machine.canSend ? "send" : "drop"
        case .measure:
            machine.measured(held, at: now)
            return "measure"
        case .pause: return "pause"
        case .resume: return "resume"
        case .start(let timer): return "start \(timer)"
        case .stop(let timer): return "stop \(timer)"
        case .count(let limit): return "count \(limit.wireName)"
        case .finish: return machine.canSend ? "finish" : "finish unsent"
        case .close: return "close"
        }
    }

    private func continueBatch() {
        written += 10
        machine.completed(.store)
    }

    private func handle(_ line: String) -> String {
        handled.append(line)
        let words = line.split(separator: " ")
        switch words.first {
        case "store": machine.began(.store)
        case "hash":
            let bytes = words.count == 4 ? Int(words[3]) ?? 0 : 0
            if let limit = machine.hashingLimit(holding: bytes) { return "refuse \(line) by \(limit.wireName)" }
            machine.began(.hashing)
            share.count(hashing: 0, holding: bytes)
        case "batch":
            machine.began(.store)
            // Its first call waits for the store.
            if line.hasSuffix("later") { break }
            // Its turn is over after the first.
            written += 10
            if line.hasSuffix("slow") { isTurnOver = true }
            if isTurnOver { machine.paused() } else { continueBatch() }
        case "long": written += 100
        default: written += 10
        }
        return line
    }
}

func limits(_ change: (inout Limits) -> Void) -> Limits {
    var limits = Limits()
    change(&limits)
    return limits
}
