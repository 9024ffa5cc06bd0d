import Foundation
import Glibc
import PitParse

/// The processes of one training, and what they have of the GPUs' driver, as the kernel tells it.
enum TrainingProcesses {
    /// One process among all (proc(5)).
    struct Row: Equatable {
        var pid: pid_t
        var parent: pid_t
        var group: pid_t
        var session: pid_t
        init(_ pid: pid_t, parent: pid_t, group: pid_t, session: pid_t) {
            (self.pid, self.parent, self.group, self.session) = (pid, parent, group, session)
        }
    }

    /// Devices of GPUs that processes have open, by the number in `/dev/nvidiaN`.
    struct Devices: Equatable {
        /// Whether the driver itself is open: who does not compute does not open it.
        var isDriverOpen = false
        /// To look at what there is, a program opens all of them.
        var open: Set<Int> = []
    }

    /// Processes of a training that are looked at, and files of one.
    private static let (mostProcesses, mostFiles) = (512, 8192)

    // MARK: Which processes

    /// The program that was started, what is in its group, all their descendants, and what lost its parent in the session
    /// that the keeper leads for it.
    static func members(of program: pid_t, keeper: pid_t, among rows: [Row]) -> Set<pid_t> {
        var members: Set<pid_t> = [program]
        for row in rows where row.group == program || row.session == keeper && row.parent == 1 && row.pid != keeper {
            members.insert(row.pid)
        }
        let children = Dictionary(grouping: rows, by: \.parent)
        var waiting = Array(members)
        while let next = waiting.popLast() {
            for child in children[next] ?? [] where members.insert(child.pid).inserted { waiting.append(child.pid) }
        }
        return members
    }

    /// All that run now.
    static func all() -> [Row] {
        names(in: "/proc").compactMap { pid_t($0) }.compactMap { pid in
            guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
                let close = stat.lastIndex(of: ")")
            else { return nil }
            let fields = stat[stat.index(after: close)...].split(separator: " ", maxSplits: 4)
            guard fields.count > 3, let parent = pid_t(fields[1]), let group = pid_t(fields[2]),
                let session = pid_t(fields[3])
            else { return nil }
            return Row(pid, parent: parent, group: group, session: session)
        }
    }

    /// Whether this process' numbers are the machine's, and so the driver's, which runs in this very kernel.
    static var areNumbersTheMachines: Bool {
        // The number that the kernel gives the first namespace of processes: PROC_PID_INIT_INO. A sandbox may give it to its
        // own, and hand everything on to a driver outside of it.
        link("/proc/self/ns/pid") == "pid:[4026531836]" && access("/sys/module/nvidia", F_OK) == 0
    }

    /// Whether there is such a process, also one that may not be looked at.
    static func isThere(_ pid: pid_t) -> Bool { kill(pid, 0) == 0 || errno == EPERM }

    // MARK: What they have open

    static func devices(of members: Set<pid_t>) -> [pid_t: Devices] {
        var found: [pid_t: Devices] = [:]
        for pid in members.sorted().prefix(mostProcesses) {
            var devices = Devices()
            for file in names(in: "/proc/\(pid)/fd").prefix(mostFiles) {
                guard let target = link("/proc/\(pid)/fd/\(file)"), target.hasPrefix("/dev/nvidia") else { continue }
                devices.isDriverOpen = true
                if let minor = minor(of: target) { devices.open.insert(minor) }
            }
            guard devices.isDriverOpen else { continue }
            found[pid] = devices
        }
        return found
    }

    /// The GPUs of this machine that have a device here.
    static func nodes() -> Set<Int> { Set(names(in: "/dev").compactMap { minor(of: "/dev/" + $0) }) }

    /// Which GPU each device is.
    static func minors() -> [Int: String] {
        let folder = "/proc/driver/nvidia/gpus"
        var minors: [Int: String] = [:]
        for name in names(in: folder) {
            guard let data = FileManager.default.contents(atPath: "\(folder)/\(name)/information"),
                let device = NvidiaReport.device([UInt8](data.prefix(65_536)))
            else { continue }
            minors[device.minor] = device.uuid
        }
        return minors
    }

    private static func minor(of path: some StringProtocol) -> Int? {
        guard path.hasPrefix("/dev/nvidia") else { return nil }
        let number = path.dropFirst(11)
        return (1...4).contains(number.utf8.count) && number.utf8.allSatisfy { $0 &- 0x30 <= 9 } ? Int(number) : nil
    }

    // MARK: -

    private static func names(in folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }

    private static func link(_ path: String) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: path)
    }
}
