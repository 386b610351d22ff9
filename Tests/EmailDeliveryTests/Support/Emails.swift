import AuthSettings
import MVPAuth
import StrictJSON

@testable import EmailDelivery

let token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI1ZjBjOWQxZSJ9.p0aTp0aTp0aTp0aTp0aT"

/// An email of the service.
func email(
    to address: String = "ada@example.org", id: String = UserID.random(from: SystemEntropy()).description,
    event: String = "verification_email", attempt: Int = 1, app: String? = "shop"
) -> OutgoingEmail {
    let now = SystemTime().now()
    return OutgoingEmail(
        id: id, attempt: attempt, event: event, address: address, token: Secret(token),
        userID: "5f0c9d1e-3b7a-4c52-9e1d-8a4b6c2d7f10", app: app, createdAt: now, expiresAt: now + 86_400,
        link: Secret("https://shop.example/verify-email?token=\(token)&x=1"))!
}

/// The sink that an operator gets by these settings.
func sink(_ settings: [String: String], path: String = "/usr/bin:/bin") throws -> any DeliverySink {
    let source = SettingSource(for: .mailer, environment: settings, configFile: nil)
    return try MailSettings(from: source).makeSink(program: "mvp-auth-mail/test", path: path)
}

extension DeliveryOutcome {
    var reason: String {
        switch self {
        case .delivered: ""
        case .retry(_, let reason), .drop(let reason): reason
        }
    }

    var isRetry: Bool { if case .retry = self { true } else { false } }
    var isDrop: Bool { if case .drop = self { true } else { false } }
}

extension JSON {
    var elements: [JSON] { if case .array(let elements) = self { elements } else { [] } }
    var isTrue: Bool { self == true }
}
