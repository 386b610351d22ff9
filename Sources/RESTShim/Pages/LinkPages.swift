internal import AuthAPI
internal import HTTPTypes
internal import HummingbirdCore
internal import MVPAuth
internal import MVPAuthClient

/// The pages behind the links of emails: what a person sees, and the two calls that they make.
///
/// A GET asks the daemon nothing about the token. A POST makes the call when `PersonCheck` is content, and else answers
/// the page again with something to type.
struct LinkPages: Sendable {
    let texts: PageTexts
    /// Milliseconds since 1970.
    var now: @Sendable () -> Int64 = { SystemTime().now().microseconds / 1000 }

    private static let template = PageTemplate(LinkPage.html)

    /// They stand at the address itself and behind the prefix, since a proxy may hand on no more than the latter.
    func add(to routes: inout RouteTable, prefix: String) {
        for place in Set(["", prefix]) {
            for errand in Errand.allCases {
                let path = "\(place)/\(errand.name)"
                routes.get(path) { call, _ in await open(errand, call) }
                routes.form(path) { call, _ throws(Failure) in try await submit(errand, call) }
            }
        }
    }

    /// `GET /verify-email` and `GET /reset-password`.
    func open(_ errand: Errand, _ call: HTTPCall) async -> Response {
        guard let token = LinkToken(target: call.request.head.path) else { return deadLink }
        return await form(errand, token, call)
    }

    /// `POST /verify-email` and `POST /reset-password`.
    func submit(_ errand: Errand, _ call: HTTPCall) async throws(Failure) -> Response {
        let form = try await read(call)
        guard let token = form["token"].flatMap({ LinkToken($0) }) else { return deadLink }
        switch PersonCheck(token: token.text).judge(shown: form["shown"], digits: form["digits"], now: now()) {
        case .unasked:
            return await self.form(errand, token, call, asks: true, saying: errand == .reset ? .digitsText : nil)
        case .wrong:
            return await self.form(errand, token, call, asks: true, saying: .digitsWrong)
        case .person:
            break
        }
        do throws(AuthClientError) {
            switch errand {
            case .verify:
                let user = try await call.shim.client.call(VerifyEmail(token: Secret(token.text)), trace: call.trace)
                return ending(.verifyDoneHeading, .verifyDoneText, [.email: user.email])
            case .reset:
                try await reset(Secret(token.text), to: Secret(form["new_password"] ?? ""), call)
                return ending(.resetDoneHeading, .resetDoneText)
            }
        } catch {
            return try await refusal(error, errand, token, call)
        }
    }

    private func read(_ call: HTTPCall) async throws(Failure) -> FormBody {
        do throws(Failure) {
            guard FormSender.isOurs(call.request) else {
                throw Failure(.forbidden, code: "FORBIDDEN", "The form was sent by a page of another origin.")
            }
            return try await FormBody(of: call.request, limit: call.shim.configuration.limits.bodyBytes)
        } catch {
            var failure = error
            failure.page = ending(.requestHeading, .requestText, status: error.status)
            throw failure
        }
    }

    private func reset(_ token: Secret, to password: Secret, _ call: HTTPCall) async throws(AuthClientError) {
        guard call.shim.waitingLogins.enter() else {
            let busy = AuthError.Code.overloaded
            throw AuthClientError(code: busy.rawValue, number: busy.number, message: busy.message, executed: false)
        }
        var hashed = false
        defer { call.shim.waitingLogins.leave(hashed: hashed) }
        _ = try await call.shim.client.call(ResetPassword(token: token, newPassword: password), trace: call.trace)
        hashed = true
    }

    /// What the daemon would not do, in words. An expired token, a used one and one that never was look alike.
    private func refusal(
        _ error: AuthClientError, _ errand: Errand, _ token: LinkToken, _ call: HTTPCall
    ) async throws(Failure) -> Response {
        let passwordFault = error.fields.first { $0.path.utf8.elementsEqual("new_password".utf8) }?.reason
        switch error.known {
        case .alreadyVerified: return ending(.verifyAlreadyHeading, .verifyAlreadyText)
        case .userInactive: return ending(.inactiveHeading, .inactiveText, status: .forbidden)
        case .invalidVerificationToken: return deadLink
        // Of a token that cannot even be read.
        case .invalidParams where passwordFault == nil: return deadLink
        case .passwordValidation, .invalidParams:
            return await form(
                errand, token, call, saying: Self.text(of: passwordFault), isRefused: true,
                status: .unprocessableContent)
        default:
            var failure = Failure(error, hasBearer: false)
            var page = await form(errand, token, call, saying: .later, status: failure.status)
            if let delay = failure.headers[.retryAfter] { page.headers[.retryAfter] = delay }
            failure.page = page
            throw failure
        }
    }

    /// What is wrong with a password.
    private static func text(of reason: String?) -> PageText {
        switch reason {
        case "too_short": .passwordShort
        case "too_long": .passwordLong
        case "common_password": .passwordCommon
        case "context_word": .passwordAddress
        default: .passwordRefused
        }
    }
}

extension LinkPages {
    /// What a link is for.
    enum Errand: CaseIterable, Sendable {
        case verify, reset

        /// The last part of the links' path.
        var name: String {
            switch self {
            case .verify: "verify-email"
            case .reset: "reset-password"
            }
        }

        var kind: TokenKind {
            switch self {
            case .verify: .emailVerify
            case .reset: .passwordReset
            }
        }
    }

    // MARK: Pages

    private var deadLink: Response { ending(.linkHeading, .linkText, status: .badRequest) }

    /// A page that one can only read.
    private func ending(
        _ heading: PageText, _ text: PageText, _ values: [PagePlaceholder: String] = [:],
        status: HTTPResponse.Status = .ok
    ) -> Response {
        page(["heading": texts.text(heading), "text": texts.text(text, values), "ended": ""], status)
    }

    /// - Parameters:
    ///   - asks: whether the digits are to be typed.
    ///   - message: what is to be said first.
    ///   - isRefused: whether the message is about the password.
    private func form(
        _ errand: Errand, _ token: LinkToken, _ call: HTTPCall, asks: Bool = false, saying message: PageText? = nil,
        isRefused: Bool = false, status: HTTPResponse.Status = .ok
    ) async -> Response {
        let shown = now()
        let digits = PersonCheck(token: token.text).digits(of: shown)
        let email = token.claimedAddress(for: errand.kind)
        // Whoever cannot run the script types the digits beside a new password, or on a page of their own.
        let isOneMoreStep = errand == .verify && asks && message == nil
        var values = [
            "form": "", "action": action(errand, call), "token": token.text, "shown": "\(shown)", "digits": digits,
            "wait": texts.text(.wait), "digits-label": texts.text(.digitsLabel, [.digits: digits]),
            "digits-reason": texts.text(.digitsReason),
        ]
        values[asks ? "asks" : "unasked"] = ""
        values["email"] = email
        if isRefused { values["refused"] = "" }
        var rules: [PagePlaceholder: String] = [:]
        switch errand {
        case .verify:
            values["heading"] = texts.text(isOneMoreStep ? .digitsHeading : .verifyHeading)
            let text = email.map { texts.text(.verifyText, [.email: $0]) } ?? texts.text(.verifyTextUnknown)
            values["text"] = isOneMoreStep ? texts.text(.digitsText) : text
            values["button"] = texts.text(.verifyButton)
        case .reset:
            let policy = await passwordRules(call)
            rules = [.minimum: "\(policy.minPasswordLength)", .maximum: "\(policy.maxPasswordLength)"]
            values["heading"] = texts.text(.resetHeading)
            values["text"] = texts.text(.resetText)
            values["button"] = texts.text(.resetButton)
            values["password"] = ""
            values["minimum"] = rules[.minimum]
            values["account-label"] = texts.text(.resetAccountLabel)
            values["password-label"] = texts.text(.resetPasswordLabel)
            values["show"] = texts.text(.resetShow)
            values["hide"] = texts.text(.resetHide)
            values["rules"] = texts.text(.resetRules, rules)
            if policy.commonPasswords == "refuse" { values["rules-common"] = texts.text(.resetRulesCommon) }
        }
        values["message"] = message.map { texts.text($0, rules) }
        return page(values, status)
    }

    /// The running daemon's; what it would be without settings where it does not say.
    private func passwordRules(_ call: HTTPCall) async -> PolicyDescription {
        let info = try? await call.shim.client.call(Info(), trace: call.trace, timeout: .seconds(2))
        return info?.policy ?? Info.example.reply.policy
    }

    /// Relative, so that it works behind a proxy that takes a part of the path away.
    private func action(_ errand: Errand, _ call: HTTPCall) -> String {
        let path = (call.request.head.path ?? "").utf8.prefix { $0 != UInt8(ascii: "?") }
        return (path.last == UInt8(ascii: "/") ? "../" : "") + errand.name
    }

    private func page(_ values: [String: String], _ status: HTTPResponse.Status) -> Response {
        var values = values
        values["language"] = texts.text(.language)
        values["direction"] = texts.text(.direction)
        var response = Response.page(Self.template.filled(with: values), policy: LinkPage.policy)
        response.status = status
        // It holds a token, and a button that must not be covered.
        response.headers[.cacheControl] = "no-store"
        response.headers[.xFrameOptions] = "DENY"
        return response
    }
}

extension HTTPField.Name {
    fileprivate static let xFrameOptions = Self("X-Frame-Options")!
}
