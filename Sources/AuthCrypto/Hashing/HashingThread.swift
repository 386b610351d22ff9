internal import Glibc

/// A thread that takes jobs until their queue is closed.
enum HashingThread {
    /// Added to the nice value: the event loops go first.
    private static let niceness: Int32 = 10

    static func start(taking queue: FairQueue<HashingJob>) {
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(queue)
        let status = pthread_create(
            &thread, nil,
            { argument in
                // SAFETY: `start` passed this retained queue and nothing else takes it over.
                let queue = Unmanaged<FairQueue<HashingJob>>.fromOpaque(argument!).takeRetainedValue()
                // On Linux the priority is the calling thread's (setpriority(2), NOTES).
                setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, HashingThread.niceness)
                while let job = queue.take() { job.run() }
                return nil
            }, argument.toOpaque())
        precondition(status == 0, "a thread could not be started")
        pthread_detach(thread)
    }
}
