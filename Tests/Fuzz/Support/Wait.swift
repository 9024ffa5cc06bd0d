import Glibc

/// Runs asynchronous work to its end.
func wait(_ work: @escaping @Sendable () async -> Void) {
    let gate = Gate()
    Task.detached {
        await work()
        gate.open()
    }
    gate.pass()
}

/// Holds one thread until another opens it.
///
/// SAFETY: the semaphore is made before and destroyed after both threads use it, and is made for threads.
private final class Gate: @unchecked Sendable {
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
    init() { sem_init(semaphore, 0, 0) }
    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }
    func open() { sem_post(semaphore) }
    func pass() { while sem_wait(semaphore) != 0 {} }
}
