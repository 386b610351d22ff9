package import MVPAuth

/// Somewhere a message can go.
package protocol EmailSink: Sendable {
    /// Throws when the message was not taken.
    func deliver(_ event: EmailEvent) async throws
}
