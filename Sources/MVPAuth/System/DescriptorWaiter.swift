/// Waits for descriptors without holding up the thread that it runs tasks on: an event loop. A store that talks to a
/// database by a socket waits so, and costs no switch to another thread and back.
package protocol DescriptorWaiter: TaskExecutor {
    /// Waits until the descriptor can be read, or also until it can be written. To be called by a task that runs on it.
    ///
    /// - Parameter deadline: in nanoseconds of the monotonic clock. False: it came first. Nil: nobody waits here any more,
    ///   and the thread has to.
    func wait(for descriptor: Int32, orWriting: Bool, until deadline: UInt64) async -> Bool?
}

package enum TaskWaiter {
    /// Who waits for what a task needs. Nil: its threads do.
    @TaskLocal package static var current: (any DescriptorWaiter)?
}
