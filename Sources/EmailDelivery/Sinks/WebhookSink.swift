package import Host
internal import MVPAuth

/// Posts events to a web server, signed by the convention of Standard Webhooks.
package struct WebhookSink: DeliverySink {
    private let url: WebhookURL
    private let signature: WebhookSignature
    private let authorities: String?
    private let times: Transfer.Times
    private let program: String
    private let threads: TransferThreads

    /// - Parameter program: what posts, for the server's log.
    init(
        _ url: WebhookURL, signature: WebhookSignature, authorities: String?, times: Transfer.Times, connections: Int,
        program: String
    ) {
        self.url = url
        self.signature = signature
        self.authorities = authorities
        self.times = times
        self.program = program
        threads = TransferThreads(most: connections)
    }

    package var destination: String { "webhook to \(url.shown)" }
    package var concurrency: Int { threads.most }
    package var longest: Duration { times.total }

    package func deliver(_ email: OutgoingEmail) async -> DeliveryOutcome {
        let body = email.json
        let fields =
            ["Content-Type: application/json", "User-Agent: \(program)"]
            + signature.fields(id: email.id, time: SystemTime().now(), body: body)
        return outcome(of: await perform(.post(fields: fields, body: body)), hiding: email.secret)
    }

    package func check() async throws(StartFailure) {
        let result = await perform(.connect)
        guard result.isComplete else {
            throw StartFailure(
                "\(url.shown) cannot be reached: \(ErrorText.shown(result.problem, hiding: "") ?? "no reason").")
        }
    }

    package func close() async {
        await threads.close(within: .seconds(1))
    }

    private func perform(_ work: Transfer.Work) async -> TransferResult {
        await threads.perform(Transfer(url: url.text, work: work, authorities: authorities, times: times))
    }

    /// The status decides, also where the answer's body did not come to its end.
    private func outcome(of result: TransferResult, hiding secret: String) -> DeliveryOutcome {
        switch result.status {
        case 200..<300: return .delivered
        case 410: return .drop(reason: "HTTP 410")
        case 429, 503: return .retry(after: result.retryAfter.map { .seconds($0) }, reason: "HTTP \(result.status)")
        case 100...: return .retry(after: nil, reason: "HTTP \(result.status)")
        default: return .retry(after: nil, reason: ErrorText.shown(result.problem, hiding: secret) ?? "no answer")
        }
    }
}

/// Where events may be posted: over TLS, or to this host.
struct WebhookURL: Sendable {
    let text: String
    /// Without what may be a secret: path and query.
    let shown: String

    /// Nil for anything else.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.allSatisfy({ (0x21...0x7E).contains($0) && !"\"<>\\^`{|}".utf8.contains($0) }) else { return nil }
        let scheme = ["https://", "http://"].first { bytes.starts(with: $0.utf8) }
        guard let scheme else { return nil }
        let rest = bytes[scheme.utf8.count...]
        let end = rest.firstIndex { "/?#".utf8.contains($0) } ?? rest.endIndex
        guard !rest.contains(UInt8(ascii: "#")),
            let host = HostAndPort(String(decoding: rest[..<end], as: UTF8.self)),
            scheme.utf8.count == "https://".utf8.count || host.isLoopback
        else { return nil }
        self.text = text
        shown = scheme + String(decoding: rest[..<end], as: UTF8.self)
    }
}
