import AuthAPI
import Testing

@testable import AuthServer

/// What a connection does, as a conversation: no channel, no clock.
@Suite("Connection machine")
struct ConnectionMachineTests {
    private func limits(_ change: (inout Limits) -> Void) -> Limits {
        var limits = Limits()
        change(&limits)
        return limits
    }

    @Test("a call is handled and its answer sent; several leave together")
    func calls() {
        let connection = Conversation()
        #expect(connection.says("now\n") == ["now", "send"])
        #expect(connection.says("now 1\nnow 2\n\nnow 3\r\n") == ["now 1", "now 2", "now 3", "send"])
    }

    @Test("what is written is sent before it grows too large")
    func buffer() {
        let connection = Conversation(bufferBytes: 150)
        #expect(connection.says("long 1\nlong 2\nlong 3\n") == ["long 1", "long 2", "send", "long 3", "send"])
    }

    @Test("a line that is begun is waited for, not for ever")
    func unfinished() {
        let connection = Conversation()
        #expect(connection.says("no") == ["start line"])
        #expect(connection.says("w") == [])
        #expect(connection.says("\n") == ["now", "send", "stop line"])
        #expect(connection.says("now 1\nno") == ["now 1", "send", "start line"])
        #expect(connection.says("w 2\nnow") == ["now 2", "send", "stop line", "start line"])
        #expect(connection.fires(.line) == ["count line_seconds", "close"])
        #expect(connection.says("\n") == [])
    }

    @Test("too many calls in flight stop the reading, and one that completes sets it going")
    func inFlight() {
        let connection = Conversation(limits { $0.callsInFlight = 2 })
        #expect(connection.says("store 1\n") == ["store 1"])
        #expect(connection.says("store 2\nstore 3\nnow\n") == ["store 2", "pause", "count calls_in_flight"])
        #expect(connection.completes() == ["store 3"])
        #expect(connection.completes() == ["now", "send", "resume"])
    }

    @Test("hashing is bounded apart: it stops nothing, and one too many is refused")
    func hashing() {
        let share = UserShare(uid: 1)
        let connection = Conversation(
            limits {
                $0.callsInFlight = 2
                $0.hashingInFlight = 3
            }, share: share)
        #expect(
            connection.says("hash 1\nhash 2\nhash 3\nhash 4\nnow\n") == [
                "hash 1", "hash 2", "hash 3", "refuse hash 4 by hashing_in_flight", "now", "send",
            ])
        #expect(share.hashingInFlight == 3 && share.callsInFlight == 0)
        #expect(connection.completes(.hashing) == [])
        #expect(connection.says("hash 5\n") == ["hash 5"])
    }

    @Test("a user whose other connections have all calls waits, and is looked at again")
    func share() {
        let share = UserShare(uid: 1)
        let limits = limits { $0.callsInFlightPerUID = 1 }
        let first = Conversation(limits, share: share)
        let second = Conversation(limits, share: share)
        #expect(first.says("store\n") == ["store"])
        #expect(second.says("now\n") == ["count calls_in_flight_per_uid", "start share", "pause"])
        #expect(second.fires(.share) == ["count calls_in_flight_per_uid", "start share"])
        #expect(first.completes() == [])
        #expect(second.fires(.share) == ["now", "send", "resume"])
    }

    @Test("a peer that closes its side is answered, its last line too, before the end")
    func halfClosed() {
        let connection = Conversation()
        #expect(connection.says("store 1\nstore 2") == ["store 1", "start line"])
        #expect(connection.closesItsSide() == ["store 2", "stop line", "pause"])
        #expect(connection.completes() == [])
        #expect(connection.completes() == ["finish"])
        #expect(Conversation().closesItsSide() == ["finish"])
    }

    @Test("the last line waits until the user may call again")
    func lastLine() {
        let share = UserShare(uid: 1)
        let limits = limits { $0.callsInFlightPerUID = 1 }
        let first = Conversation(limits, share: share)
        let second = Conversation(limits, share: share)
        #expect(second.says("now") == ["start line"])
        #expect(first.says("store\n") == ["store"])
        #expect(second.closesItsSide() == ["count calls_in_flight_per_uid", "start share", "pause"])
        #expect(first.completes() == [])
        #expect(second.fires(.share) == ["now", "send", "stop line", "finish"])
    }

    @Test("over-long lines are refused; the third ends the connection once what is in flight is answered")
    func overlong() {
        let connection = Conversation(limits { $0.lineBytes = 10 })
        let long = String(repeating: "x", count: 11) + "\n"
        #expect(connection.says("store\n" + long) == ["store", "count line_bytes", "refuse", "send"])
        #expect(connection.says(long) == ["count line_bytes", "refuse", "send"])
        #expect(connection.says(long + "now\n") == ["count line_bytes", "refuse", "send", "pause"])
        #expect(connection.completes() == ["finish"])
    }

    @Test("another protocol is reported and ended, with nothing handled")
    func foreign() {
        let connection = Conversation()
        #expect(connection.says("GET / HTTP/1.1\r\n\r\nnow\n") == ["report http", "finish"])
        #expect(connection.says("now\n") == [] && connection.handled.isEmpty)
    }

    @Test("answers that are not taken hold the connection until they are")
    func held() {
        let share = UserShare(uid: 1)
        let connection = Conversation(limits { $0.backlogBytes = 100 }, share: share)
        #expect(connection.says("now 1\n") == ["now 1", "send"])
        connection.held = 101
        #expect(connection.becomes(writable: false) == ["measure", "count backlog_bytes", "start backlog", "pause"])
        #expect(share.backlogBytes == 101)
        #expect(connection.says("now 2\n") == ["measure"])
        connection.held = 50
        #expect(connection.fires(.backlog) == ["measure", "now 2", "send", "measure", "start backlog", "resume"])
        connection.held = 0
        #expect(connection.becomes(writable: true) == ["measure"])
        #expect(share.backlogBytes == 0)
        #expect(connection.fires(.backlog) == [])
    }

    @Test("a peer that takes nothing for too long is closed, and its user has the room again")
    func stuck() {
        let share = UserShare(uid: 1)
        let limits = limits {
            $0.backlogBytes = 100
            $0.backlogSeconds = 1
        }
        let connection = Conversation(limits, share: share)
        connection.held = 200
        _ = connection.becomes(writable: false)
        connection.now = 900_000_000
        connection.held = 199
        #expect(connection.fires(.backlog) == ["measure", "start backlog"], "progress")
        connection.now = 1_900_000_000
        #expect(connection.fires(.backlog) == ["measure", "start backlog"])
        connection.now = 1_900_000_001
        #expect(connection.fires(.backlog) == ["measure", "count backlog_seconds", "close"])
        #expect(connection.isGone() == [])
        #expect(share.backlogBytes == 0)
    }

    @Test("one that is owed far too much is closed at once")
    func output() {
        let connection = Conversation(limits { $0.outputBytes = 1000 })
        connection.held = 1001
        #expect(connection.becomes(writable: false) == ["measure", "count output_bytes", "close"])
    }

    @Test("what a user's other connections are owed holds this one too")
    func backlogShare() {
        let share = UserShare(uid: 1)
        let limits = limits { $0.backlogBytesPerUID = 100 }
        let connection = Conversation(limits, share: share)
        share.owe(100)
        #expect(
            connection.says("now\n") == ["measure", "count backlog_bytes_per_uid", "start backlog", "pause"])
        #expect(connection.fires(.backlog) == ["measure", "start backlog"])
        share.owe(-1)
        #expect(connection.fires(.backlog) == ["measure", "now", "send", "resume"])
    }

    @Test("one whose time is used up waits for its turn, and reads on as long as that is little")
    func turns() {
        let connection = Conversation()
        connection.isTurnOver = true
        #expect(connection.says("now 1\n") == ["queue"])
        #expect(connection.says("now 2\n") == [], "it waits already")
        #expect(connection.says("now 3 " + String(repeating: "x", count: 1024) + "\n") == ["pause"])
        #expect(connection.handled.isEmpty)
        connection.isTurnOver = false
        _ = connection.hasTurn()
        #expect(connection.handled.map { $0.prefix(5) } == ["now 1", "now 2", "now 3"])
        #expect(connection.says("now 4\n") == ["now 4", "send"])
    }

    @Test("a batch whose turn is over goes on in the next, and what follows it waits")
    func batch() {
        let share = UserShare(uid: 1)
        let connection = Conversation(share: share)
        #expect(connection.says("batch\nnow 1\n") == ["batch", "now 1", "send"])
        #expect(connection.says("batch slow\nnow 2\n") == ["batch slow", "send", "queue"])
        #expect(connection.becomes(writable: true) == [], "what else happens gives it no turn")
        #expect(share.callsInFlight == 1)
        connection.isTurnOver = false
        #expect(connection.hasTurn() == ["go on", "now 2", "send"])
        #expect(share.callsInFlight == 0)
    }

    @Test("what waited for its turn is done though the peer has gone; what the limits held is not")
    func gone() {
        let share = UserShare(uid: 1)
        let connection = Conversation(limits { $0.callsInFlight = 2 }, share: share)
        #expect(connection.says("batch slow\nnow\nstore 1\nstore 2\nnow 2") == ["batch slow", "send", "queue"])
        #expect(connection.isGone() == [])
        connection.isTurnOver = false
        #expect(connection.hasTurn() == ["go on", "now", "store 1", "store 2", "send"])
        #expect(connection.completes() == ["now 2", "send"])
        #expect(connection.completes() == [] && share.callsInFlight == 0)
        let held = Conversation(limits { $0.callsInFlightPerUID = 1 }, share: share)
        let waiting = ["count calls_in_flight_per_uid", "start share"]
        #expect(held.says("batch slow\nnow\n") == ["batch slow", "send", "queue"] + waiting)
        held.isTurnOver = false
        share.count(calls: 1)
        #expect(held.isGone() == waiting, "its timers have gone with it")
        #expect(held.hasTurn() == ["go on", "send"])
        share.count(calls: -1)
        #expect(held.fires(.share) == ["now", "send"])
        let flood = Conversation(share: share)
        flood.isTurnOver = true
        #expect(flood.says(String(repeating: "now\n", count: 16_385)) == ["queue", "pause"])
        #expect(flood.isGone() == [] && flood.hasTurn() == [] && flood.handled.isEmpty)
        let full = Conversation(limits { $0.callsInFlight = 1 }, share: share)
        #expect(full.says("store\nnow\n") == ["store", "pause", "count calls_in_flight"])
        #expect(full.isGone() == [] && full.completes() == [] && full.handled == ["store"])
        #expect(share.callsInFlight == 0)
    }

    @Test("a last line after a batch that waits for its turn is handled after it")
    func batchLast() {
        let connection = Conversation()
        #expect(connection.says("batch slow\nnow") == ["batch slow", "send", "queue"])
        #expect(connection.closesItsSide() == ["pause"])
        connection.isTurnOver = false
        #expect(connection.hasTurn() == ["go on", "send", "start line", "now", "send", "stop line", "finish"])
    }

    @Test("the longer nothing is taken, the more seldom that is looked at; one that closes its side is looked at soon")
    func interval() {
        let connection = Conversation(limits { $0.backlogBytes = 100 })
        #expect(connection.says("store\n") == ["store"])
        connection.held = 200
        _ = connection.becomes(writable: false)
        var delays = [connection.delay(of: .backlog)]
        for _ in 0..<4 {
            #expect(connection.fires(.backlog) == ["measure", "start backlog"])
            delays.append(connection.delay(of: .backlog))
        }
        #expect(delays == [20, 40, 80, 160, 160])
        #expect(connection.closesItsSide() == ["stop backlog", "measure", "start backlog"])
        #expect(connection.delay(of: .backlog) == 40)
        connection.held = 150
        #expect(connection.fires(.backlog) == ["measure", "start backlog"])
        #expect(connection.delay(of: .backlog) == 20)
    }

    @Test("a stop answers what is in flight and what still comes, then ends")
    func drain() {
        let connection = Conversation()
        #expect(connection.says("store\n") == ["store"])
        #expect(connection.drains() == ["start grace", "start patience"])
        #expect(connection.says("now\n") == ["now", "send"])
        #expect(connection.fires(.grace) == [])
        #expect(connection.completes() == ["finish"])
        let idle = Conversation()
        #expect(idle.drains() == ["start grace", "start patience"])
        #expect(idle.fires(.grace) == ["finish"])
        #expect(idle.fires(.patience) == ["close"], "it takes no answers")
        let gone = Conversation()
        gone.isTurnOver = true
        #expect(gone.says("now\n") == ["queue"])
        #expect(gone.isGone() == [] && gone.drains() == [])
        gone.isTurnOver = false
        #expect(gone.hasTurn() == ["now", "send"] && gone.drains() == [], "it has closed")
    }

    @Test(
        "whatever happens, each line is handled once, in order, and in the end all are",
        arguments: 0..<200 as Range<UInt64>)
    func everyLineOnce(seed: UInt64) {
        var random = Sequence(state: seed)
        let share = UserShare(uid: 1)
        let connection = Conversation(
            limits {
                $0.callsInFlight = 3
                $0.callsInFlightPerUID = 4
                $0.backlogBytes = 100
            }, share: share, bufferBytes: 30)
        var said: [String] = []
        var text = ""
        var isReading = true
        var others = 0
        var (stores, running) = (0, Set<String>())
        func took(_ words: [String]) {
            for word in words {
                if word == "pause" { isReading = false }
                if word == "resume" { isReading = true }
                if word.hasPrefix("store") { stores += 1 }
                if word == "queue" { #expect(running.insert("turn").inserted, "it waits for one turn at a time") }
                if word.hasPrefix("start ") { running.insert(String(word.dropFirst(6))) }
                if word.hasPrefix("stop ") { running.remove(String(word.dropFirst(5))) }
            }
        }
        func fire() {
            if running.remove("share") != nil { took(connection.fires(.share)) }
            if running.remove("backlog") != nil { took(connection.fires(.backlog)) }
        }
        for number in 0..<300 {
            switch random.next(11) {
            case 0...3:
                let kinds = ["now \(number)", "store \(number)", "batch \(number)", "batch \(number) slow"]
                let line = kinds[random.next(4)]
                said.append(line)
                text += line + "\n"
            case 4, 5:
                let count = random.next(text.utf8.count + 1)
                guard isReading else { break }
                took(connection.says(String(text.prefix(count))))
                text = String(text.dropFirst(count))
            case 6 where stores > 0:
                stores -= 1
                took(connection.completes())
            case 7, 8:
                connection.isTurnOver = false
                if running.remove("turn") != nil { took(connection.hasTurn()) }
            case 9:
                let change = others == 0 ? 1 : -1
                others += change
                share.count(calls: change)
                fire()
            default:
                connection.held = [0, 50, 101][random.next(3)]
                took(connection.becomes(writable: connection.held == 0))
                fire()
            }
        }
        share.count(calls: -others)
        connection.held = 0
        connection.isTurnOver = false
        took(connection.becomes(writable: true))
        for _ in 0..<2000 where connection.handled != said || !text.isEmpty {
            fire()
            connection.isTurnOver = false
            if running.remove("turn") != nil { took(connection.hasTurn()) }
            if stores > 0 {
                stores -= 1
                took(connection.completes())
            }
            if isReading {
                took(connection.says(text))
                text = ""
            }
        }
        #expect(connection.handled == said)
        connection.isTurnOver = false
        while running.remove("turn") != nil { took(connection.hasTurn()) }
        fire()
        #expect(isReading)
        #expect(share.callsInFlight == stores && share.backlogBytes == 0, "nothing is counted that is no more")
    }
}

/// Numbers that look random and are the same in every run (SplitMix64).
private struct Sequence {
    var state: UInt64

    mutating func next(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
    }
}
