internal import MVPAuth
internal import Synchronization

/// Claims that were read lately, by the signature of their token. An app shows the same token with each request of a
/// user: whoever has just found its signature right need not read what it says again. No token is in here.
final class RecentClaims: Sendable {
    /// The beginning of a signature as it is spelled, 192 bits of it.
    private typealias Key = SIMD4<UInt64>

    private struct Entry {
        let key: Key
        let claims: Claims
    }

    private final class Shard: Sendable {
        let entries = Mutex<[Entry?]>([])
    }

    private static let shardBits: UInt64 = 4
    private static let entryBits: UInt64 = 6
    private let shards = (0..<1 << shardBits).map { _ in Shard() }

    /// - Parameter signature: has been verified.
    func claims(of signature: UnsafeRawBufferPointer) -> Claims? {
        guard let key = Self.key(signature) else { return nil }
        let (shard, place) = Self.place(of: key)
        // Nobody waits: to read them takes less than to be woken.
        let found = shards[shard].entries.withLockIfAvailable { entries in
            entries.isEmpty ? nil : entries[place].flatMap { $0.key == key ? $0.claims : nil }
        }
        return found ?? nil
    }

    /// - Parameter signature: has been verified.
    func keep(_ claims: Claims, of signature: UnsafeRawBufferPointer) {
        guard let key = Self.key(signature) else { return }
        let (shard, place) = Self.place(of: key)
        shards[shard].entries.withLockIfAvailable { entries in
            if entries.isEmpty { entries = Array(repeating: nil, count: 1 << Int(Self.entryBits)) }
            entries[place] = Entry(key: key, claims: claims)
        }
    }

    private static func key(_ signature: UnsafeRawBufferPointer) -> Key? {
        guard signature.count >= MemoryLayout<Key>.size else { return nil }
        return signature.loadUnaligned(as: Key.self)
    }

    /// By the high bits of a product: Fibonacci hashing.
    private static func place(of key: Key) -> (shard: Int, entry: Int) {
        let hash = (key.x ^ key.y) &* 0x9E37_79B9_7F4A_7C15
        let entry = (hash << shardBits) >> (64 - entryBits)
        return (Int(hash >> (64 - shardBits)), Int(entry))
    }
}
