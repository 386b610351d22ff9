package import MVPAuth
package import StrictJSON

/// Params of a method that acts for a user: named by an access token or, from `trusted` peers, by identifier.
package protocol UserParams: RPCMethod {
    var accessToken: Secret? { get }
    var userID: UserID? { get }
}

extension UserParams {
    package static var meanings: [String: MemberMeaning] { principalMeanings }

    static var principalMeanings: [String: MemberMeaning] {
        [
            "access_token": .accessToken,
            "user_id": "The user, instead of `access_token`: from peers with the role `trusted`.",
        ]
    }
}
