internal import JSONRPC
internal import NIOCore
internal import StrictJSON

/// A line that answers a call, in memory of its own. Tokens may be in it: nothing of it stays when nobody holds it.
final class ReplyLine: @unchecked Sendable {
    // SAFETY: written by `init` and `deinit` only.
    private let memory: UnsafeMutableRawBufferPointer
    /// Whether what is sent of it is to be overwritten too.
    let isSecret: Bool

    /// Takes what has been written, and leaves nothing in the writer.
    init(taking writer: inout ResponseWriter, isSecret: Bool) {
        memory = writer.json.withBytes { bytes in
            let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
            memory.copyMemory(from: bytes)
            return memory
        }
        self.isSecret = isSecret
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

extension ByteBuffer {
    /// Overwrites the first of the readable bytes, or all, where they lie: in every buffer that shares the memory. NIO
    /// reads into it again, or gives it back as it is.
    func overwriteReadable(_ count: Int = .max) {
        withUnsafeReadableBytes { bytes in
            let bytes = UnsafeRawBufferPointer(rebasing: bytes.prefix(count))
            // SAFETY: NIO allocates the memory to be written; whoever else holds it has done with these bytes.
            overwrite(UnsafeMutableRawBufferPointer(mutating: bytes))
        }
    }
}
