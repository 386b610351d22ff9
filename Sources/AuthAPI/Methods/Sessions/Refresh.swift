package import MVPAuth
package import StrictJSON

/// Exchanges a refresh token for its successor. Each works once; a used one ends the user's sessions.
package struct Refresh: RPCMethod {
    package let refreshToken: Secret
    package let deviceInfo: DeviceInfo?
    package let ipAddress: IPAddressText?

    package static let meanings: [String: MemberMeaning] = [
        "refresh_token": .refreshToken,
        "device_info": .deviceInfo,
        "ip_address": .ipAddress,
    ]

    package typealias Reply = TokenPair

    package init(refreshToken: Secret, deviceInfo: DeviceInfo? = nil, ipAddress: IPAddressText? = nil) {
        self.refreshToken = refreshToken
        self.deviceInfo = deviceInfo
        self.ipAddress = ipAddress
    }

    package static let spec = MethodSpec(
        "auth.refresh", "Exchanges a refresh token for its successor; each works once.", cost: .store,
        storesKey: true, isSensitive: true,
        errors: [.tokenInvalid, .tokenExpired, .tokenRevoked, .tokenReuse, .userInactive],
        rest: RESTRoute(.core, .post, "/refresh", body: ["refresh_token"], addsDevice: true))

    package static let example = (params: Refresh(refreshToken: Examples.refreshToken), reply: Examples.pair)
}
