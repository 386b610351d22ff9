internal import Glibc

extension UnsafeRawBufferPointer {
    /// The place of the first dot at or after `start`.
    func dot(from start: Int) -> Int? {
        guard let base = baseAddress, start < count else { return nil }
        // SAFETY: memchr reads the bytes from `start` to the end of the buffer.
        return memchr(base + start, Int32(UInt8(ascii: ".")), count - start).map { UnsafeRawPointer($0) - base }
    }

    func isEqual(to bytes: [UInt8]) -> Bool {
        guard let base = baseAddress, count == bytes.count else { return false }
        return bytes.withUnsafeBytes { $0.baseAddress.map { memcmp(base, $0, count) == 0 } ?? true }
    }
}
