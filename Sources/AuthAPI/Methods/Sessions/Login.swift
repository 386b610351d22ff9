package import MVPAuth
package import StrictJSON

package struct Login: RPCMethod {
    package let email: String
    package let password: Secret
    package let deviceInfo: DeviceInfo?
    package let ipAddress: IPAddressText?
    package let rememberDevice: Bool?
    package let deviceToken: Secret?

    package static let meanings: [String: MemberMeaning] = [
        "email": .soughtEmail,
        "password": "The password of the account.",
        "device_info": .deviceInfo,
        "ip_address": .ipAddress,
        "remember_device": "Whether the answer is to have a `device_token`.",
        "device_token": """
        What an earlier login from this device was answered: where others have failed too often, it is still let try. One \
        that is not valid any more changes nothing.
        """,
    ]

    package typealias Reply = TokenPair

    package init(
        email: String, password: Secret, deviceInfo: DeviceInfo? = nil, ipAddress: IPAddressText? = nil,
        rememberDevice: Bool? = nil, deviceToken: Secret? = nil
    ) {
        self.email = email
        self.password = password
        self.deviceInfo = deviceInfo
        self.ipAddress = ipAddress
        self.rememberDevice = rememberDevice
        self.deviceToken = deviceToken
    }

    package static let spec = MethodSpec(
        "auth.login", "Exchanges an email address and a password for a session.", cost: .hashing, isSensitive: true,
        errors: [.invalidCredentials, .emailNotVerified],
        rest: RESTRoute(
            .core, .post, "/login", body: ["email", "password", "remember_device", "device_token"], addsDevice: true))

    package static let example = (
        params: Login(email: Examples.email, password: Examples.password, deviceInfo: DeviceInfo("Firefox on Debian")),
        reply: Examples.pair
    )
}
