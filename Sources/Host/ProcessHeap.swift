internal import CLinux

/// The memory of a server that has had many clients.
package enum ProcessHeap {
    /// Gives free pages back to the system (malloc_trim(3)): some milliseconds.
    package static func giveBack() {
        _ = process_trim_heap()
    }
}
