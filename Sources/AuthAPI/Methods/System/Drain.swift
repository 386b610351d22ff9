package struct Drain: RPCMethod {
    package init() {}

    package typealias Reply = Message

    package static let spec = MethodSpec(
        "system.drain", "Finishes what is in flight and stops the daemon.", role: .admin, cost: .memory)

    package static let example = (params: Drain(), reply: Message("Draining."))
}
