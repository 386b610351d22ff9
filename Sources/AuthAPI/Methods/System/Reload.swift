package struct Reload: RPCMethod {
    package init() {}

    package typealias Reply = Message

    package static let spec = MethodSpec(
        "system.reload", "Reads the configuration again, all or nothing.", role: .admin, cost: .store,
        errors: [.validation])

    package static let example = (params: Reload(), reply: Message("Configuration reloaded."))
}
