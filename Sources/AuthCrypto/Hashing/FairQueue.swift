internal import Glibc

/// Jobs that wait, with a turn for each app: a thousand logins of one app do not keep another's waiting.
///
/// Bounded. A condition variable, because its takers are threads of their own and block.
final class FairQueue<Job>: @unchecked Sendable {
    // SAFETY: every access to the state below is between lock and unlock of `mutex`; the pointers live as long as self.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let capacity: Int
    private var waiting: [String: [(id: UInt64, job: Job)]] = [:]
    private var turns: [String] = []
    private var count = 0
    private var nextID: UInt64 = 0
    private var isClosed = false

    init(capacity: Int) {
        self.capacity = capacity
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    var waitingCount: Int { locked { count } }

    /// Nil when the queue is full or closed.
    func append(_ job: Job, for app: String) -> UInt64? {
        locked {
            guard count < capacity, !isClosed else { return nil }
            nextID += 1
            if waiting[app] == nil { turns.append(app) }
            waiting[app, default: []].append((nextID, job))
            count += 1
            pthread_cond_signal(condition)
            return nextID
        }
    }

    /// Takes a job out before its turn has come. Nil when it is being done, or has been.
    func remove(_ id: UInt64, of app: String) -> Job? {
        locked {
            guard let index = waiting[app]?.firstIndex(where: { $0.id == id }) else { return nil }
            let job = waiting[app]?.remove(at: index).job
            count -= 1
            if waiting[app]?.isEmpty == true {
                waiting[app] = nil
                turns.removeAll { $0.utf8.elementsEqual(app.utf8) }
            }
            return job
        }
    }

    /// The next job by turns. Blocks until there is one; nil once the queue is closed and empty.
    func take() -> Job? {
        locked {
            while count == 0 {
                if isClosed { return nil }
                pthread_cond_wait(condition, mutex)
            }
            let app = turns.removeFirst()
            let job = waiting[app]?.removeFirst().job
            count -= 1
            if waiting[app]?.isEmpty == true { waiting[app] = nil } else { turns.append(app) }
            return job
        }
    }

    func close() {
        locked {
            isClosed = true
            pthread_cond_broadcast(condition)
        }
    }

    private func locked<R>(_ body: () -> R) -> R {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }
}
