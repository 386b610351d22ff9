package import StrictJSON

package struct SetLogLevel: RPCMethod {
    package let level: LogLevel

    package init(level: LogLevel) {
        self.level = level
    }

    package static let meanings: [String: MemberMeaning] = ["level": "The least severe level that is logged."]

    package typealias Reply = Message

    package static let spec = MethodSpec(
        "system.set_log_level", "Changes how much is logged.", role: .admin, cost: .memory)

    package static let example = (params: SetLogLevel(level: .debug), reply: Message("The log level is debug."))
}

package enum LogLevel: String, NamedCase {
    case trace, debug, info, notice, warning, error, critical
}
