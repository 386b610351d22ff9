internal import MVPAuth

/// The error answers of each route: the one place that knows which statuses a route can answer.
enum RouteFailures {
    /// What every route can answer: the request is not HTTP, or the service cannot do its work.
    static let common: [RESTFailure] = ofHTTP + [.methodNotAllowed] + ofService

    /// Of a row of the catalogue.
    static func all(of method: MethodDescription, _ route: RESTRoute) -> [RESTFailure] {
        let spec = method.spec
        var failures = spec.errors.filter { $0 != .userNotFound || route.isProtected }.map { code in
            RESTFailure(code, spec.message(of: code), field: blamed(for: code, method, route))
        }
        if !route.body.isEmpty {
            failures += [RESTFailure(.parseError), RESTFailure(.messageTooLarge), .unsupportedMediaType]
        }
        if let field = route.body.first ?? route.pathSegment ?? (spec.isIdempotent ? nil : IdempotencyKey.header) {
            failures.append(RESTFailure(.invalidParams, field: field))
        }
        return failures + common
    }

    /// Of the question whether a token is alive, which may be asked with any verb.
    static let ofAuthorization = VerifyToken.spec.errors.map { RESTFailure($0) } + ofHTTP + ofService

    static let ofHealth = ofHTTP + [.methodNotAllowed]

    static let ofReadiness =
        ofHealth + [.unavailable]
        + [.notReady, .storageUnavailable, .overloaded, .shuttingDown].map { RESTFailure($0) }

    private static let ofHTTP: [RESTFailure] = [.badRequest, .requestTimeout, .uriTooLong, .headersTooLarge]

    private static let ofService: [RESTFailure] =
        [
            .permissionDenied, .rateLimited, .internalError, .storageUnavailable, .notReady, .shuttingDown, .overloaded,
            .deadlineExceeded,
        ].map { RESTFailure($0) } + [.unavailable]

    /// The member that an example blames.
    private static func blamed(for code: AuthError.Code, _ method: MethodDescription, _ route: RESTRoute) -> String? {
        switch code {
        case .passwordValidation:
            route.body.first { name in
                method.params.contains { $0.name.utf8.elementsEqual(name.utf8) && InputRules.isNewPassword($0) }
            }
        case .validation: "email"
        default: nil
        }
    }
}
