internal import StrictJSON

/// The beginning of a line whose end has not arrived yet. Holds no memory while there is none, and nothing of a line
/// that is over: it may have held a password.
struct LineBuffer: ~Copyable {
    private var base: UnsafeMutableRawPointer?
    private var capacity = 0
    private(set) var count = 0

    /// What an idle connection may keep: more is given back.
    private static let keptCapacity = 1024

    init() {}

    deinit {
        forget()
        base?.deallocate()
    }

    var isEmpty: Bool { count == 0 }

    /// Valid until the next change.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        let needed = count + bytes.count
        if needed > capacity {
            capacity = max(needed, capacity * 2, 256)
            let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 1)
            if let base {
                larger.copyMemory(from: base, byteCount: count)
                forget()
                base.deallocate()
            }
            base = larger
        }
        base?.advanced(by: count).copyMemory(from: source, byteCount: bytes.count)
        count = needed
    }

    private func forget() { overwrite(UnsafeMutableRawBufferPointer(start: base, count: count)) }

    mutating func removeAll() {
        forget()
        count = 0
        guard capacity > LineBuffer.keptCapacity else { return }
        base?.deallocate()
        base = nil
        capacity = 0
    }
}
