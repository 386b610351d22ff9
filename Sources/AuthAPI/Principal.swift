package import MVPAuth

/// Params of a method that acts for a user: named by an access token or, from `trusted` peers, by identifier.
package protocol UserParams: RPCMethod {
    var accessToken: Secret? { get }
    var userID: UserID? { get }
}
