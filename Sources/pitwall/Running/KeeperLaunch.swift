import Glibc
import PitEngine

/// Starts what stays with a training: this program itself, in a session of its own.
enum KeeperLaunch {
    static func launch(_ folder: String) throws(TrainingDesk.Fault) -> Int32 {
        let (pid, failure) = ProgramStart.spawn(
            ["/proc/self/exe", "train", "keep", folder], output: nil, isDetached: true)
        guard failure == 0 else {
            throw TrainingDesk.Fault(
                "no process can be started: \(String(cString: strerror(failure)))",
                hint: "Look at the limits of this account: ulimit -u.")
        }
        return pid
    }
}
