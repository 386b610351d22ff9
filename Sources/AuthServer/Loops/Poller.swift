internal import CLinux
internal import Glibc

/// What has happened to a descriptor, or is to be told (epoll(7)).
struct Readiness: OptionSet {
    let rawValue: UInt32

    /// There is something to read, or the peer has said that it writes no more.
    static let readable = Self(rawValue: EPOLLIN.rawValue)
    static let writable = Self(rawValue: EPOLLOUT.rawValue)
    /// The peer is gone. It is told whether asked for or not.
    static let gone = Self(rawValue: EPOLLHUP.rawValue | EPOLLERR.rawValue)
}

/// Waits until something happens to one of many descriptors.
struct Poller: ~Copyable {
    private let descriptor: Int32
    private let events = UnsafeMutableBufferPointer<epoll_event>.allocate(capacity: 128)

    init() {
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        precondition(descriptor >= 0, "epoll_create1: \(errno)")
    }

    deinit {
        close(descriptor)
        events.deallocate()
    }

    /// - Parameter mark: comes back with what happens to the descriptor.
    func add(_ other: Int32, mark: UInt64, _ wanted: Readiness) {
        control(EPOLL_CTL_ADD, other, mark, wanted)
    }

    func change(_ other: Int32, mark: UInt64, to wanted: Readiness) {
        control(EPOLL_CTL_MOD, other, mark, wanted)
    }

    func remove(_ other: Int32) {
        control(EPOLL_CTL_DEL, other, 0, [])
    }

    private func control(_ operation: Int32, _ other: Int32, _ mark: UInt64, _ wanted: Readiness) {
        var event = epoll_event(events: wanted.rawValue, data: epoll_data_t(u64: mark))
        let result = epoll_ctl(descriptor, operation, other, &event)
        precondition(result == 0, "epoll_ctl \(operation) of \(other): \(errno)")
    }

    /// Waits until something has happened. How much there is to tell.
    ///
    /// - Parameter milliseconds: how long at most; -1 is for ever.
    func wait(milliseconds: Int32) -> Int {
        // Nothing but a signal ends it early.
        max(0, Int(epoll_wait(descriptor, events.baseAddress, Int32(events.count), milliseconds)))
    }

    /// What the last wait has to tell, by its number.
    subscript(number: Int) -> (mark: UInt64, ready: Readiness) {
        let event = events[number]
        return (event.data.u64, Readiness(rawValue: event.events))
    }
}
