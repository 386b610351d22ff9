/// A task that waits for a descriptor. Used on its loop only.
final class DescriptorWait: LoopSource {
    private let descriptor: Int32
    private let loop: EventLoop
    private let continuation: CheckedContinuation<Bool?, Never>
    var timer: LoopTimer?

    init(for descriptor: Int32, on loop: EventLoop, _ continuation: CheckedContinuation<Bool?, Never>) {
        self.descriptor = descriptor
        self.loop = loop
        self.continuation = continuation
    }

    func become(_ ready: Readiness) { finish(isInTime: true) }

    func finish(isInTime: Bool) {
        loop.forget(descriptor)
        if let timer { loop.cancel(timer) }
        continuation.resume(returning: isInTime)
    }
}
