extension AuthClient {
    /// The emails that the service wants sent: for an app that sends them itself, which must have the role `hooks`.
    ///
    /// They come over a connection of their own, which is made when the first is asked for, and keeps no other role.
    public func emails(_ configuration: EmailConsumer.Configuration = .init()) -> EmailConsumer {
        EmailConsumer(EmailSubscriber(configuration, at: place))
    }
}
