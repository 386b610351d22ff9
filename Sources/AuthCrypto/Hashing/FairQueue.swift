internal import Glibc

/// Jobs that wait, with a turn for each app: a thousand logins of one app do not keep another's waiting.
///
/// Bounded. When it is full, the app with the most jobs waiting gives up its newest to an app that has fewer, so that no
/// app fills the place of the others. A condition variable, because its takers are threads of their own and block.
final class FairQueue<Job>: @unchecked Sendable {
    // SAFETY: every access to the state below is between lock and unlock of `mutex`; the pointers live as long as self.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let capacity: Int
    private let onDisplaced: @Sendable (Job) -> Void
    private var waiting: [String: [(id: UInt64, job: Job)]] = [:]
    private var turns: [String] = []
    private var count = 0
    private var nextID: UInt64 = 0
    private var isClosed = false

    /// - Parameter onDisplaced: is given a job that has lost its place, on the thread of whoever took it.
    init(capacity: Int, onDisplaced: @escaping @Sendable (Job) -> Void = { _ in }) {
        self.capacity = capacity
        self.onDisplaced = onDisplaced
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

    /// How many jobs wait, by app.
    var waitingByApp: [String: Int] { locked { waiting.mapValues(\.count) } }

    /// Nil when the queue is closed, or full with nobody who has more jobs waiting.
    func append(_ job: Job, for app: String) -> UInt64? {
        let (id, displaced): (UInt64?, Job?) = locked {
            guard !isClosed else { return (nil, nil) }
            var displaced: Job?
            if count >= capacity {
                guard let greediest = greediest(beside: app) else { return (nil, nil) }
                displaced = waiting[greediest]?.removeLast().job
                count -= 1
            }
            nextID += 1
            if waiting[app] == nil { turns.append(app) }
            waiting[app, default: []].append((nextID, job))
            count += 1
            pthread_cond_signal(condition)
            return (nextID, displaced)
        }
        if let displaced { onDisplaced(displaced) }
        return id
    }

    /// The app with the most jobs waiting, if it has so many more than `app` that one place evens them out.
    private func greediest(beside app: String) -> String? {
        guard let most = waiting.max(by: { $0.value.count < $1.value.count }) else { return nil }
        return most.value.count > (waiting[app]?.count ?? 0) + 1 ? most.key : nil
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
