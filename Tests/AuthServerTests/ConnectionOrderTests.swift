import AuthAPI
import AuthTesting
import Testing

@testable import AuthServer

/// What holds of a connection in whatever order things happen to it.
@Suite("Order of a connection's lines")
struct ConnectionOrderTests {
    @Test(
        "whatever happens, each line is handled once, in order, and in the end all are",
        arguments: 0..<200 as Range<UInt64>)
    func everyLineOnce(seed: UInt64) {
        var random = SplitMix64(seed: seed)
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
