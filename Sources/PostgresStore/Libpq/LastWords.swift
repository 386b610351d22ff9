internal import CPostgres

/// Hears, of what the server says unasked, whether it is about to close the connection: between these words and the end
/// of its process, what is sent would be lost.
final class LastWords {
    private(set) var areSaid = false

    /// It must live as long as the connection.
    init(on link: OpaquePointer) {
        // SAFETY: libpq calls this while it is asked to read, and not after PQfinish: whoever holds the connection holds
        // this object too.
        PQsetNoticeReceiver(
            link,
            { words, result in
                guard let words, let result, ServerError(result).isFatal else { return }
                Unmanaged<LastWords>.fromOpaque(words).takeUnretainedValue().areSaid = true
            }, Unmanaged.passUnretained(self).toOpaque())
    }
}
