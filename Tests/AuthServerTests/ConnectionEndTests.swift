import AuthAPI
import Testing

@testable import AuthServer

/// What a connection still does when its peer is gone.
@Suite("End of a connection")
struct ConnectionEndTests {
    @Test("what waited for its turn is done though the peer has gone; what the limits held is not")
    func gone() {
        let share = UserShare(uid: 1)
        let connection = Conversation(limits { $0.callsInFlight = 2 }, share: share)
        #expect(connection.says("batch slow\nnow\nstore 1\nstore 2\nnow 2") == ["batch slow", "send", "queue"])
        #expect(connection.isGone() == [] && !connection.isOver)
        connection.isTurnOver = false
        #expect(connection.hasTurn() == ["go on", "now", "store 1", "store 2", "drop"])
        #expect(connection.completes() == ["now 2", "drop"])
        #expect(connection.completes() == [] && share.callsInFlight == 0 && connection.isOver)
        let held = Conversation(limits { $0.callsInFlightPerUID = 1 }, share: share)
        let waiting = ["count calls_in_flight_per_uid", "start share"]
        #expect(held.says("batch slow\nnow\n") == ["batch slow", "send", "queue"] + waiting)
        held.isTurnOver = false
        share.count(calls: 1)
        #expect(held.isGone() == waiting, "its timers have gone with it")
        #expect(held.hasTurn() == ["go on", "drop"])
        share.count(calls: -1)
        #expect(held.fires(.share) == ["now", "drop"])
        let last = Conversation(share: share)
        #expect(last.says("batch slow\n") == ["batch slow", "send", "queue"])
        #expect(last.isGone() == [] && !last.isOver)
        last.isTurnOver = false
        #expect(last.hasTurn() == ["go on", "drop"] && last.isOver)
        let full = Conversation(limits { $0.callsInFlight = 1 }, share: share)
        #expect(full.says("store\nnow\n") == ["store", "pause", "count calls_in_flight"])
        #expect(full.isGone() == [] && full.completes() == [] && full.handled == ["store"])
        #expect(share.callsInFlight == 0)
    }

    @Test("so much as a line may be is done for a peer that has gone, and no more")
    func farewell() {
        let share = UserShare(uid: 1)
        for (lines, isDone) in [(16_384, true), (16_385, false)] {
            let flood = Conversation(share: share)
            #expect(flood.says("batch slow\n") == ["batch slow", "send", "queue"])
            #expect(flood.says(String(repeating: "now\n", count: lines)) == ["pause"])
            #expect(flood.isGone() == [] && flood.isOver == !isDone && flood.keepsInput == isDone)
            flood.isTurnOver = false
            #expect(flood.hasTurn().isEmpty != isDone)
            #expect(flood.handled.count == (isDone ? 1 + lines : 1) && share.callsInFlight == 0 && flood.isOver)
            #expect(flood.isGone() == [] && share.callsInFlight == 0, "nothing is given back twice")
        }
    }

    @Test("what a peer was owed that has gone is measured no more, and holds nothing that waited for its turn")
    func goneOwed() {
        let share = UserShare(uid: 1)
        let connection = Conversation(limits { $0.backlogBytes = 100 }, share: share, bufferBytes: 5)
        connection.isTurnOver = true
        #expect(connection.says("now 1\nnow 2\n") == ["queue"])
        connection.held = 101
        #expect(connection.becomes(writable: false) == ["measure", "count backlog_bytes", "start backlog", "pause"])
        #expect(connection.isGone() == [])
        connection.isTurnOver = false
        #expect(connection.hasTurn() == ["now 1", "drop", "now 2", "drop"])
        #expect(share.backlogBytes == 0 && connection.isOver)
    }

    @Test("over-long lines of a peer that has gone end nothing but what it said")
    func goneOverlong() {
        let connection = Conversation(limits { $0.lineBytes = 10 })
        connection.isTurnOver = true
        let long = String(repeating: "x", count: 11) + "\n"
        #expect(connection.says(long + long + long + "now\n") == ["queue"])
        #expect(connection.isGone() == [])
        connection.isTurnOver = false
        let refused = ["count line_bytes", "refuse"]
        #expect(connection.hasTurn() == refused + refused + refused + ["drop"])
        #expect(connection.isOver && connection.handled.isEmpty)
    }

    @Test("a batch that waited for the store goes on; when the connection has ended meanwhile it is counted out")
    func batchLater() {
        let share = UserShare(uid: 1)
        let connection = Conversation(share: share)
        #expect(connection.says("batch later\n") == ["batch later"])
        #expect(connection.pauses() == ["go on", "send"])
        #expect(connection.says("batch later\n") == ["batch later"])
        #expect(connection.isGone() == [] && connection.isOver && share.callsInFlight == 1)
        #expect(connection.pauses() == [] && share.callsInFlight == 0)
    }
}
