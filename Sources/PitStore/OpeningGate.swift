import Glibc

/// Lets one process at a time make, migrate or set aside the files of a folder. A process that hangs there is not
/// waited for without end: SQLite's own locks then keep the peace.
struct OpeningGate {
    private let descriptor: Int32

    init(folder: String) {
        descriptor = open(folder + "/opening.lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        for _ in 0..<1000 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
            usleep(5000)
        }
    }

    func leave() { if descriptor >= 0 { close(descriptor) } }
}
