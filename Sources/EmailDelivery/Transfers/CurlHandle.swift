internal import CCurl

/// libcurl, one transfer at a time. The connection of a transfer is kept for the next to the same server.
///
/// This is the only file that knows the library. Not for two threads at once: see `TransferThreads`.
final class CurlHandle {
    private let handle: UnsafeMutableRawPointer

    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    /// Nil when there is no memory.
    init?() {
        guard Self.isReady, let handle = curl_easy_init() else { return nil }
        self.handle = handle
    }

    deinit { curl_easy_cleanup(handle) }

    /// Makes the transfer, and blocks until it has ended.
    func perform(_ transfer: Transfer, _ cancellation: CurlConversation.Cancellation) -> TransferResult {
        let conversation = CurlConversation(of: transfer, cancellation: cancellation)
        var problem = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
        var lists: [UnsafeMutablePointer<curl_slist>] = []
        defer { for list in lists { curl_slist_free_all(list) } }
        // SAFETY: the conversation and the room for the problem outlive curl_easy_perform, which is the only call that
        // uses them; curl_easy_reset forgets both before they go.
        let code = withExtendedLifetime(conversation) {
            problem.withUnsafeMutableBytes { room in
                defer { curl_easy_reset(handle) }
                let context = Unmanaged.passUnretained(conversation).toOpaque()
                guard prepare(transfer, context, room.baseAddress!, &lists) else { return CURLE_OUT_OF_MEMORY }
                let code = curl_easy_perform(handle)
                note()
                return code
            }
        }
        return result(code, conversation, problem)
    }

    /// What the handle tells of the transfer, until it is reset.
    private var facts = (status: 0, connections: 0, retryAfter: 0)

    private func note() {
        var (status, connections, retryAfter) = (0, 0, curl_off_t(0))
        _ = curl_get_number(handle, CURLINFO_RESPONSE_CODE, &status)
        _ = curl_get_number(handle, CURLINFO_NUM_CONNECTS, &connections)
        _ = curl_get_offset(handle, CURLINFO_RETRY_AFTER, &retryAfter)
        facts = (status, connections, Int(retryAfter))
    }

    private func result(_ code: CURLcode, _ conversation: CurlConversation, _ problem: [CChar]) -> TransferResult {
        var result = TransferResult()
        result.isComplete = code == CURLE_OK
        result.isCancelled = code == CURLE_ABORTED_BY_CALLBACK
        result.phase = conversation.phase
        result.reply = conversation.reply
        result.status = conversation.reply == nil ? facts.status : conversation.replyNumber
        result.retryAfter = facts.retryAfter > 0 ? facts.retryAfter : nil
        result.isSignedIn = conversation.isSignedIn
        result.isReused = facts.connections == 0
        guard code != CURLE_OK else { return result }
        let text = String(decoding: problem.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        result.problem = text.isEmpty ? String(cString: curl_easy_strerror(code)) : text
        return result
    }

    /// False when an option was not taken: what is not certain is not sent.
    private func prepare(
        _ transfer: Transfer, _ context: UnsafeMutableRawPointer, _ problem: UnsafeMutableRawPointer,
        _ lists: inout [UnsafeMutablePointer<curl_slist>]
    ) -> Bool {
        facts = (0, 0, 0)
        var options = Options(handle: handle)
        options.text(CURLOPT_URL, transfer.url)
        // No signals between threads, no proxy and no redirect that nobody asked for.
        options.number(CURLOPT_NOSIGNAL, 1)
        options.text(CURLOPT_PROXY, "")
        options.number(CURLOPT_FOLLOWLOCATION, 0)
        options.number(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        options.number(CURLOPT_SSL_VERIFYPEER, 1)
        options.number(CURLOPT_SSL_VERIFYHOST, 2)
        if let authorities = transfer.authorities {
            options.text(CURLOPT_CAINFO, authorities)
            options.text(CURLOPT_CAPATH, nil)
        }
        options.number(CURLOPT_TCP_KEEPALIVE, 1)
        options.number(CURLOPT_CONNECTTIMEOUT_MS, transfer.times.connect.milliseconds)
        options.number(CURLOPT_SERVER_RESPONSE_TIMEOUT, (transfer.times.answer.milliseconds + 999) / 1000)
        options.number(CURLOPT_TIMEOUT_MS, transfer.times.total.milliseconds)
        options.taken(curl_set_memory(handle, CURLOPT_ERRORBUFFER, problem))
        options.taken(curl_set_writer(handle, discardBody, context))
        options.taken(curl_set_progress(handle, continueOrEnd, context))
        options.taken(curl_set_debugger(handle, listen, context))
        if let credentials = transfer.credentials {
            options.text(CURLOPT_USERNAME, credentials.user)
            options.text(credentials.isBearer ? CURLOPT_XOAUTH2_BEARER : CURLOPT_PASSWORD, credentials.secret.reveal())
            options.text(CURLOPT_LOGIN_OPTIONS, credentials.mechanisms)
        }
        switch transfer.work {
        case .greet:
            mail(transfer, &options)
            options.text(CURLOPT_CUSTOMREQUEST, "NOOP")
            options.number(CURLOPT_NOBODY, 1)
        case .message(let sender, let recipient, let bytes):
            mail(transfer, &options)
            options.text(CURLOPT_MAIL_FROM, "<\(sender)>")
            options.list(CURLOPT_MAIL_RCPT, ["<\(recipient)>"], &lists)
            options.taken(curl_set_reader(handle, readMessage, context))
            options.number(CURLOPT_UPLOAD, 1)
            options.number(CURLOPT_INFILESIZE, bytes.count)
        case .connect:
            options.text(CURLOPT_PROTOCOLS_STR, "http,https")
            options.number(CURLOPT_CONNECT_ONLY, 1)
        case .post(let fields, let body):
            options.text(CURLOPT_PROTOCOLS_STR, "http,https")
            options.list(CURLOPT_HTTPHEADER, fields + ["Expect:"], &lists)
            options.number(CURLOPT_POST, 1)
            options.number(CURLOPT_POSTFIELDSIZE, body.count)
            options.taken(
                body.withUnsafeBytes {
                    curl_set_memory(
                        handle, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: $0.baseAddress))
                })
        }
        return options.areTaken
    }

    private func mail(_ transfer: Transfer, _ options: inout Options) {
        options.text(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        let level = transfer.requiresTLS ? CURLUSESSL_ALL : CURLUSESSL_NONE
        options.number(CURLOPT_USE_SSL, Int(level.rawValue))
    }

    /// Options on their way to the library.
    private struct Options {
        let handle: UnsafeMutableRawPointer
        private(set) var areTaken = true

        init(handle: UnsafeMutableRawPointer) {
            self.handle = handle
        }

        mutating func taken(_ code: CURLcode) {
            areTaken = areTaken && code == CURLE_OK
        }

        mutating func number(_ option: CURLoption, _ value: Int) {
            taken(curl_set_number(handle, option, value))
        }

        mutating func text(_ option: CURLoption, _ value: String?) {
            taken(curl_set_text(handle, option, value))
        }

        mutating func list(
            _ option: CURLoption, _ values: [String], _ lists: inout [UnsafeMutablePointer<curl_slist>]
        ) {
            var list: UnsafeMutablePointer<curl_slist>?
            for value in values {
                guard let longer = curl_slist_append(list, value) else {
                    curl_slist_free_all(list)
                    areTaken = false
                    return
                }
                list = longer
            }
            guard let list else { return }
            lists.append(list)
            taken(curl_set_list(handle, option, list))
        }
    }
}

extension Duration {
    /// Whole milliseconds, at least one.
    fileprivate var milliseconds: Int {
        max(1, Int(clamping: components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000))
    }
}

// SAFETY: the context of each callback is the conversation of `perform`, which is alive while libcurl calls.
private func conversation(_ context: UnsafeMutableRawPointer?) -> CurlConversation {
    Unmanaged<CurlConversation>.fromOpaque(context!).takeUnretainedValue()
}

private let readMessage: curl_read_callback = { room, size, count, context in
    conversation(context).read(into: UnsafeMutableRawBufferPointer(start: room, count: size * count))
}

private let discardBody: curl_write_callback = { _, size, count, context in
    conversation(context).discard(size * count) ? size * count : 0
}

private let continueOrEnd: curl_xferinfo_callback = { context, _, _, _, _ in
    conversation(context).isCancelled ? 1 : 0
}

private let listen: curl_debug_callback = { _, kind, bytes, count, context in
    let bytes = UnsafeRawBufferPointer(start: bytes, count: count)
    switch kind {
    case CURLINFO_HEADER_OUT: conversation(context).said(bytes)
    case CURLINFO_HEADER_IN: conversation(context).heard(bytes)
    case CURLINFO_DATA_OUT: conversation(context).saidBody()
    default: break
    }
    return 0
}
