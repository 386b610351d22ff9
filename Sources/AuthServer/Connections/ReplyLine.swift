internal import JSONRPC
internal import StrictJSON

/// A line that answers a call, in memory of its own. Tokens may be in it: nothing of it stays when nobody holds it.
final class ReplyLine: @unchecked Sendable {
    // SAFETY: written by `init` and `deinit` only.
    private let memory: UnsafeMutableRawBufferPointer

    /// Takes what has been written, and leaves nothing in the writer.
    init(taking writer: inout ResponseWriter) {
        memory = writer.json.withBytes { bytes in
            let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
            memory.copyMemory(from: bytes)
            return memory
        }
        writer.removeAll()
    }

    deinit {
        overwrite(memory)
        memory.deallocate()
    }

    var count: Int { memory.count }

    /// What is in it, for the time of the call.
    func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        defer { withExtendedLifetime(self) {} }
        return try body(UnsafeRawBufferPointer(memory))
    }
}
