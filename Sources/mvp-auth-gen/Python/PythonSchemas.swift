internal import AuthAPI
internal import StrictJSON

/// `core/schemas.py`: the library's pydantic models, for frameworks. Requests are the REST routes' bodies.
enum PythonSchemas {
    static var module: String {
        let requests = ClientMethod.described.compactMap(request)
        let replies = replies.compactMap { name, model in
            Model.all.first { $0.name == model }.map { reply(name, $0) }
        }
        return ([header] + records + requests + replies).joined(separator: "\n\n\n") + "\n"
    }

    /// The names of the library, and the wire's.
    private static let replies = [
        ("TokenPair", "TokenPair"), ("UserResponse", "UserResponse"), ("SessionResponse", "SessionResponse"),
        ("MessageResponse", "Message"), ("TokenPayload", "TokenPayload"),
    ]

    private static func request(_ method: ClientMethod) -> String? {
        guard let route = method.spec.rest, !route.body.isEmpty else { return nil }
        let name = PythonRoutes.name(method)
        let fields = route.body.compactMap { name in method.description.params.first { $0.name == name } }
        return """
            class \(Model.camelCase(name))Request(BaseModel):
                \"\"\"The body of `\(route.verb.rawValue) \(route.path)`.\"\"\"

            \(fields.map { bodyMember($0, of: name) }.joined())
            """.trimmingSuffix("\n")
    }

    private static func reply(_ name: String, _ model: Model) -> String {
        let isPayload = name == "TokenPayload"
        let members = model.fields.map(member).joined()
        // Claims are texts, as in the token itself.
        let claims = members.replacing("UUID", with: "str")
        return """
            class \(name)(BaseModel):
                \"\"\"\(model.summary)\"\"\"

                model_config = ConfigDict(from_attributes=True, extra="ignore")

            \(isPayload ? claims + token : members)
            """.trimmingSuffix("\n")
    }

    private static func bodyMember(_ field: JSONShape.Field, of route: String) -> String {
        guard let type = narrower["\(route).\(field.name)"] else { return member(field) }
        return "    \(field.name): \(type)\n"
    }

    private static func member(_ field: JSONShape.Field) -> String {
        let annotation = PythonModels.annotation(field)
        if additions.contains(field.name) {
            return "    \(field.name): \(annotation) | None = None\n"
        }
        if field.shape.isSecret {
            let value = field.isRequired ? "" : "default=None, "
            return "    \(field.name): \(annotation) = Field(\(value)repr=False)\n"
        }
        if let value = defaults[field.name] { return "    \(field.name): \(annotation) = \(value)\n" }
        return "    \(field.name): \(annotation)\(annotation.hasSuffix("None") ? " = None" : "")\n"
    }

    /// What cannot be an address, or a new password, is refused before the call, as the library does.
    private static let narrower = [
        "register.email": "Address", "register.password": "NewPassword",
        "resend_verification.email": "Address", "forgot_password.email": "Address",
        "reset_password.new_password": "NewPassword", "change_password.new_password": "NewPassword",
    ]

    /// What constructors may leave out.
    private static let defaults = [
        "token_type": "\"bearer\"", "current": "False", "type": "\"access\"",
    ]

    /// What the library's models did not have, and values made in apps do not have.
    private static let additions: Set = ["last_used_at"]

    /// The token itself, so that a session can be ended by its payload.
    private static let token = "\n    _token: str | None = PrivateAttr(default=None)\n"

    private static let header = #"""
        """The models of requests and replies, as pydantic models.

        Generated from the daemon's catalogue by `make generate`. The clients themselves answer the
        plain values of `mvpauth`; these are for frameworks, which want pydantic.
        """

        from __future__ import annotations

        from datetime import datetime
        from uuid import UUID

        from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

        from ._fields import Address, NewPassword
        """#

    /// The rows that the library's repositories exchanged. Hashes stay in the daemon.
    private static let records = [
        #"""
        class UserData(BaseModel):
            """An account as repositories give it. The hash of the password stays in the daemon."""

            model_config = ConfigDict(from_attributes=True)

            id: UUID
            email: str
            hashed_password: str = Field(default="", repr=False)
            is_active: bool = True
            is_verified: bool = False
            created_at: datetime
            updated_at: datetime
        """#,
        #"""
        class SessionData(BaseModel):
            """A session as repositories give it. The hash of its token stays in the daemon."""

            model_config = ConfigDict(from_attributes=True)

            id: UUID
            user_id: UUID
            refresh_token_hash: str = Field(default="", repr=False)
            device_info: str | None = None
            ip_address: str | None = None
            created_at: datetime
            expires_at: datetime
            is_revoked: bool = False
        """#,
        #"""
        class BlockedTokenData(BaseModel):
            """A token that is refused although it has not expired."""

            model_config = ConfigDict(from_attributes=True)

            id: UUID | None = None
            jti: str
            token_type: str
            expires_at: datetime
        """#,
    ]
}
