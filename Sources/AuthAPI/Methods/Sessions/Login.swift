package import MVPAuth
package import StrictJSON

package struct Login: RPCMethod {
    package let email: String
    package let password: Secret
    package let deviceInfo: DeviceInfo?
    package let ipAddress: IPAddressText?

    package static let meanings: [String: MemberMeaning] = [
        "email": .email,
        "password": "The password of the account.",
        "device_info": .deviceInfo,
        "ip_address": .ipAddress,
    ]

    package typealias Reply = TokenPair

    package init(
        email: String, password: Secret, deviceInfo: DeviceInfo? = nil, ipAddress: IPAddressText? = nil
    ) {
        self.email = email
        self.password = password
        self.deviceInfo = deviceInfo
        self.ipAddress = ipAddress
    }

    package static let spec = MethodSpec(
        "auth.login", "Exchanges an email address and a password for a session.", cost: .hashing, isSensitive: true,
        errors: [.invalidCredentials, .emailNotVerified],
        rest: RESTRoute(.core, .post, "/login", body: ["email", "password"], addsDevice: true))

    package static let example = (
        params: Login(email: Examples.email, password: Examples.password, deviceInfo: DeviceInfo("Firefox on Debian")),
        reply: Examples.pair
    )
}
