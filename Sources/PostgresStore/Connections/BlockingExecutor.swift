internal import Dispatch

/// Runs tasks that wait on their thread, one at a time.
final class BlockingExecutor: TaskExecutor {
    private let thread: DispatchQueue

    init(_ label: String) {
        thread = DispatchQueue(label: label)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        thread.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
