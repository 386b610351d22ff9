import Foundation

/// What is said when something cannot be opened.
func sentence<Value>(_ body: () throws -> Value) -> String? {
    do {
        _ = try body()
        return nil
    } catch {
        return "\(error)"
    }
}

/// Waits without holding one of the threads that tasks run on.
func wait(for semaphore: DispatchSemaphore, times: Int = 1) async {
    await withCheckedContinuation { continuation in
        DispatchQueue.global().async {
            for _ in 0..<times { semaphore.wait() }
            continuation.resume()
        }
    }
}
