import Glibc
import PitEngine

/// Starts what stays with a training: this program itself, in a session of its own.
enum KeeperLaunch {
    /// - Parameter config: the file that says how to reach what runs elsewhere; nil: the usual one.
    static func launch(_ folder: String, config: String?) throws(TrainingDesk.Fault) -> Int32 {
        let (pid, failure) = ProgramStart.spawn(
            ["/proc/self/exe", "train", "keep", folder] + (config.map { ["--config", $0] } ?? []), output: nil,
            isDetached: true)
        guard failure == 0 else {
            throw TrainingDesk.Fault(
                "no process can be started: \(String(cString: strerror(failure)))",
                hint: "Look at the limits of this account: ulimit -u.")
        }
        return pid
    }
}
