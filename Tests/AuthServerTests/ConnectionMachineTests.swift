import AuthAPI
import Testing

@testable import AuthServer

/// What a connection does, as a conversation: no channel, no clock.
@Suite("Connection machine")
struct ConnectionMachineTests {
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
        let full = Conversation(bufferBytes: 100)
        #expect(full.says("long 1\nlong 2\n") == ["long 1", "send", "long 2", "send"])
    }

    @Test("a line that is begun is waited for, not for ever")
    func unfinished() {
        let connection = Conversation()
        #expect(connection.says("no") == ["start line"])
        #expect(connection.says("w") == [])
        #expect(connection.says("\n") == ["now", "send", "stop line"])
        #expect(connection.fires(.line) == [], "it was stopped")
        #expect(connection.says("now 1\nno") == ["now 1", "send", "start line"])
        #expect(connection.says("w 2\nnow") == ["now 2", "send", "stop line", "start line"])
        #expect(connection.fires(.line) == ["count line_seconds", "close"])
        #expect(connection.says("\n") == [] && connection.fires(.line) == [])
        #expect(Conversation(limits { $0.lineSeconds = 3 }).delay(of: .line) == 3000)
    }

    @Test("too many calls in flight stop the reading, and one that completes sets it going")
    func inFlight() {
        let connection = Conversation(limits { $0.callsInFlight = 2 })
        #expect(connection.says("store 1\n") == ["store 1"])
        #expect(connection.says("store 2\nstore 3\nnow\n") == ["store 2", "pause", "count calls_in_flight"])
        #expect(connection.completes() == ["store 3"])
        #expect(connection.completes() == ["now", "send", "resume"])
        #expect(connection.says("store 4\nstore 5\nstore 6\n") == ["store 4", "pause", "count calls_in_flight"])
        #expect(connection.completes() == ["store 5"])
        #expect(connection.completes() == ["store 6", "resume"], "nothing waits any more")
        let both = Conversation(
            limits {
                $0.callsInFlight = 1
                $0.callsInFlightPerUID = 1
            })
        #expect(both.says("store\nnow\n") == ["store", "pause", "count calls_in_flight"], "its own is waited for")
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

    @Test("a user's connections together hash no more than he may have calls in flight")
    func hashingShare() {
        let share = UserShare(uid: 1)
        let limits = limits { $0.callsInFlightPerUID = 2 }
        let first = Conversation(limits, share: share)
        let second = Conversation(limits, share: share)
        #expect(first.says("hash 1\n") == ["hash 1"])
        #expect(second.says("hash 2\nhash 3\n") == ["hash 2", "refuse hash 3 by calls_in_flight_per_uid"])
        #expect(first.completes(.hashing) == [])
        #expect(second.says("hash 4\n") == ["hash 4"])
    }

    @Test("what a user's batches hold while they hash is bounded like what he is owed")
    func hashingHeld() {
        let share = UserShare(uid: 1)
        let limits = limits { $0.backlogBytesPerUID = 100 }
        let first = Conversation(limits, share: share)
        let second = Conversation(limits, share: share)
        #expect(first.says("hash 1 holding 60\n") == ["hash 1 holding 60"])
        #expect(second.says("hash 2 holding 41\n") == ["refuse hash 2 holding 41 by backlog_bytes_per_uid"])
        #expect(second.says("hash 3 holding 40\nhash 4\n") == ["hash 3 holding 40", "hash 4"])
        #expect(second.says("hash 5 holding 1\n") == ["refuse hash 5 holding 1 by backlog_bytes_per_uid"])
        share.count(hashing: 0, holding: -40)
        #expect(second.says("hash 6 holding 40\n") == ["hash 6 holding 40"])
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

    @Test("half a line waits for nothing but its end, and a stop does not take it for a whole one")
    func halfLine() {
        let share = UserShare(uid: 1)
        let limits = limits { $0.callsInFlightPerUID = 1 }
        let connection = Conversation(limits, share: share)
        #expect(connection.says("no") == ["start line"])
        share.count(calls: 1)
        #expect(connection.becomes(writable: true) == [])
        #expect(Conversation(limits, share: share).closesItsSide() == ["finish"], "nothing is left to be called")
        share.count(calls: -1)
        #expect(connection.drains() == ["start grace", "start patience"])
        #expect(connection.fires(.grace) == ["finish"] && connection.handled.isEmpty)
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
        #expect(!connection.keepsInput)
        #expect(connection.says("now\n") == [] && connection.handled.isEmpty)
        #expect(!connection.keepsInput)
        #expect(connection.closesItsSide() == [], "it ends only once")
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

    @Test("as much as may be owed holds nothing; an answer that comes later is counted too")
    func owed() {
        let share = UserShare(uid: 1)
        let connection = Conversation(limits { $0.backlogBytes = 100 }, share: share)
        #expect(connection.says("store\n") == ["store"])
        connection.held = 100
        #expect(connection.becomes(writable: false) == ["measure", "start backlog"])
        connection.held = 101
        #expect(connection.completes() == ["measure", "count backlog_bytes", "pause"])
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
        #expect(connection.isGone() == [] && share.backlogBytes == 0, "nothing is given back twice")
    }

    @Test("one that is owed far too much is closed at once")
    func output() {
        let connection = Conversation(limits { $0.outputBytes = 1000 })
        connection.held = 1000
        #expect(connection.becomes(writable: false) == ["measure", "start backlog"])
        connection.held = 1001
        #expect(connection.fires(.backlog) == ["measure", "count output_bytes", "close"])
    }

    @Test("what a user's other connections are owed holds this one too")
    func backlogShare() {
        let share = UserShare(uid: 1)
        let limits = limits { $0.backlogBytesPerUID = 100 }
        let connection = Conversation(limits, share: share)
        let other = Conversation(limits, share: share)
        #expect(other.says("store\n") == ["store"])
        share.owe(100)
        #expect(other.completes() == [], "one that has nothing to say and is owed nothing is not held")
        #expect(
            connection.says("now\n") == ["measure", "count backlog_bytes_per_uid", "start backlog", "pause"])
        #expect(connection.fires(.backlog) == ["measure", "start backlog"])
        share.owe(-1)
        #expect(connection.fires(.backlog) == ["measure", "now", "send", "resume"])
    }

    @Test("one that is owed all that its user may be is held by that, not by its own limit")
    func backlogOwnShare() {
        let connection = Conversation(
            limits {
                $0.backlogBytes = 100
                $0.backlogBytesPerUID = 100
            })
        connection.held = 100
        let held = ["measure", "count backlog_bytes_per_uid", "start backlog", "pause"]
        #expect(connection.becomes(writable: false) == held)
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
        let little = Conversation()
        little.isTurnOver = true
        #expect(little.says("now\n") == ["queue"])
        #expect(little.says(String(repeating: " ", count: 1019)) == [])
        #expect(little.says(" ") == ["pause"], "1024 bytes are not little")
        let long = "now " + String(repeating: "x", count: 1024) + "\n"
        #expect(Conversation().says(long + "batch slow\nnow\n").suffix(3) == ["batch slow", "send", "queue"])
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

    @Test("a last line after a batch that waits for its turn is handled after it")
    func batchLast() {
        let connection = Conversation()
        #expect(connection.says("batch slow\nnow") == ["batch slow", "send", "queue"])
        #expect(connection.closesItsSide() == ["pause"])
        connection.isTurnOver = false
        #expect(connection.hasTurn() == ["go on", "send", "start line", "now", "send", "stop line", "finish"])
        let later = Conversation()
        #expect(later.says("batch later\nnow") == ["batch later", "start line"])
        later.isTurnOver = true
        #expect(later.pauses() == ["queue"])
        #expect(later.closesItsSide() == ["pause"])
        later.isTurnOver = false
        #expect(later.hasTurn() == ["go on", "send", "now", "send", "stop line", "finish"])
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
        #expect(connection.fires(.grace) == [] && connection.fires(.patience) == [], "a call is in flight")
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
        #expect(gone.hasTurn() == ["now", "drop"] && gone.drains() == [], "it has closed")
        let ended = Conversation()
        #expect(ended.drainsAndIsGone() == [] && ended.fires(.patience) == [], "what it was to do ends with it")
    }
}
