internal import AuthAPI
internal import HTTPTypes
internal import HummingbirdCore
internal import MVPAuth
internal import MVPAuthClient

/// The mailbox of a daemon in development, for whoever opens it in a browser.
///
/// What it shows takes accounts over. So it is there only in a shim that was started with `--dev`, while the daemon says
/// that it is in development too, and only under a name that no name server decides about: a page that has led its own
/// name here (DNS rebinding) reads nothing. Pages of other origins never may.
struct MailboxEndpoints: Sendable {
    /// Keeps the role `hooks` and no other.
    let client: AuthClient

    static let path = "/dev/mailbox"

    func add(to routes: inout RouteTable) {
        routes.get(Self.path) { call, _ throws(Failure) in page(MailboxPage.list(try await emails(for: call))) }
        // The page's links are relative.
        routes.get(Self.path + "/") { _, _ in
            Response(status: .permanentRedirect, headers: [.location: "../mailbox"])
        }
        routes.get(below: Self.path + "/") { call, id throws(Failure) in
            page(MailboxPage.detail(try await email(id, for: call)))
        }
        routes.get(below: Self.path + "/html/") { call, id throws(Failure) in
            guard let body = MailboxPage.body(try await email(id, for: call)) else { throw Failure(.notFound) }
            return page(body, policy: MailboxPage.bodyPolicy)
        }
    }

    /// Whether pages of other origins may read what is at a path.
    static func isPrivate(_ path: String) -> Bool { path.utf8.starts(with: Self.path.utf8) }

    private func page(_ html: String, policy: String = MailboxPage.policy) -> Response {
        var response = Response.page(html, policy: policy)
        response.headers[.cacheControl] = "no-store"
        return response
    }

    private func email(_ id: Substring?, for call: HTTPCall) async throws(Failure) -> HandedOutEmail {
        let emails = try await emails(for: call)
        guard let id = MessageID(id ?? ""), let email = emails.first(where: { $0.id == id }) else {
            throw Failure(.notFound)
        }
        return email
    }

    private func emails(for call: HTTPCall) async throws(Failure) -> [HandedOutEmail] {
        guard let host = call.request.head.authority, HostField.isNumericOrLocal(host.utf8) else {
            throw Failure(.permissionDenied, "The mailbox is shown under localhost or a numeric address only.")
        }
        do {
            return try await client.call(ListMailbox(), trace: call.trace, timeout: .seconds(2)).emails
        } catch {
            // A daemon that is not in development, or does not know of any mailbox.
            if error.known == .permissionDenied || error.known == .methodNotFound { throw Failure(.notFound) }
            throw Failure(error, hasBearer: false)
        }
    }
}
