import Dispatch
import Foundation
import Glibc
import PitModel
import PitParse
import Synchronization

/// Looks now and then at the GPUs that a training of this machine computes on, and writes down what it took of them. It has a
/// thread of its own, so that a driver that hangs holds nothing else up.
final class GPUWatch: Sendable {
    /// What it asks, and how often.
    struct Settings: Sendable {
        /// `nvidia-smi`, looked for in `PATH`.
        var program = "nvidia-smi"
        /// Seconds to the first look, and between two of them once it is under way; each pause before is twice the last.
        var (first, pause) = (2.0, 10.0)
        /// Seconds that one question may take.
        var patience = 5.0
        /// Whether the driver counts processes as they are counted here.
        var areNumbersTheMachines = TrainingProcesses.areNumbersTheMachines
        init() {}
    }

    private let folder: TrainingFolder
    private let program: pid_t
    private let environment: [String: String]
    private let settings: Settings
    private let now: @Sendable () -> Timestamp
    /// Nil once it is over.
    private let meter: Mutex<GPUMeter?>
    private let over = DispatchSemaphore(value: 0)

    /// Bytes of a reply, and seconds between two looks where they fail.
    private static let (mostBytes, longestPause) = (1 << 20, 600.0)

    /// - Parameters:
    ///   - program: the process that leads the training's group.
    ///   - environment: what was added to its environment.
    init(
        _ folder: TrainingFolder, program: pid_t, environment: [String: String], settings: Settings,
        now: @escaping @Sendable () -> Timestamp
    ) {
        (self.folder, self.program, self.environment) = (folder, program, environment)
        (self.settings, self.now) = (settings, now)
        meter = Mutex(GPUMeter(pause: settings.pause))
    }

    func begin() { Thread.detachNewThread { [self] in run() } }

    /// The training has ended; what it took is on the disk when this returns.
    func end(at end: Timestamp) {
        meter.withLock { meter in
            meter?.close(at: end)
            save(meter?.usage)
            meter = nil
        }
        over.signal()
    }

    // MARK: On its thread

    private func run() {
        var questions = Questions(settings: settings)
        var pause = settings.first
        while over.wait(timeout: .now() + pause) == .timedOut {
            switch look(&questions) {
            case .seen: pause = pause >= settings.pause ? settings.pause : min(settings.pause, pause * 2)
            case .failed: pause = min(Self.longestPause, max(pause, settings.first) * 2)
            // What is not there is not looked for again.
            case .absent: return
            }
        }
    }

    private enum Outcome { case seen, failed, absent }

    private func look(_ questions: inout Questions) -> Outcome {
        if let remains = questions.remains, ProgramStart.reaped(remains) == nil { return .failed }
        questions.remains = nil
        if questions.listed.isEmpty {
            guard let list = questions.ask(["-L"]) else { return questions.isAbsent ? .absent : .failed }
            questions.listed = NvidiaReport.list(list.bytes)
        }
        let fields = "index,uuid,utilization.gpu,memory.used,memory.total,power.draw"
        guard let answer = questions.ask(["--query-gpu=\(fields)"] + Self.format) else {
            return questions.isAbsent ? .absent : .failed
        }
        let at = now()
        var evidence = GPUEvidence()
        (evidence.gpus, evidence.listed) = (NvidiaReport.gpus(answer.bytes), questions.listed)
        guard !evidence.gpus.isEmpty else { return .failed }
        if let apps = questions.ask(["--query-compute-apps=pid,gpu_uuid,used_memory"] + Self.format) {
            let (works, isWhole) = NvidiaReport.works(apps.bytes)
            (evidence.works, evidence.areWorksWhole) = (works, isWhole && apps.status == 0)
        }
        gather(&evidence)
        guard let held = evidence.held() else { return .seen }
        meter.withLock { meter in
            meter?.take(evidence.gpus, held: held, at: at)
            save(meter?.usage)
        }
        return .seen
    }

    private static let format = ["--format=csv,noheader,nounits"]

    private func gather(_ evidence: inout GPUEvidence) {
        evidence.members = TrainingProcesses.members(
            of: program, keeper: getsid(0) == getpid() ? getpid() : -1, among: TrainingProcesses.all())
        // One that is nowhere to be found is counted elsewhere.
        evidence.areNumbersTheMachines =
            settings.areNumbersTheMachines && evidence.works.allSatisfy { TrainingProcesses.isThere($0.pid) }
        guard !evidence.isDriversWordEnough else { return }
        evidence.devices = TrainingProcesses.devices(of: evidence.members)
        guard !evidence.devices.isEmpty else { return }
        (evidence.minors, evidence.nodes) = (TrainingProcesses.minors(), TrainingProcesses.nodes())
        evidence.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    }

    private func save(_ usage: TrainingUsage?) {
        // Nothing is said of a training of which no GPU is known.
        if let usage, !usage.shares.isEmpty { try? folder.write(usage, "usage.json") }
    }

    /// What is asked, and what is known for good.
    private struct Questions {
        let settings: Settings
        var listed: [NvidiaReport.Listed] = []
        var isAbsent = false
        /// A question that could not be ended: until it is, no other is asked.
        var remains: pid_t?

        init(settings: Settings) { self.settings = settings }

        /// Nil where there was none in time.
        mutating func ask(_ words: [String]) -> (bytes: [UInt8], status: Int32)? {
            guard remains == nil else { return nil }
            switch ProgramStart.answer(
                [settings.program] + words, within: settings.patience, atMost: GPUWatch.mostBytes)
            {
            case .told(let bytes, let status): return (bytes, status)
            case .notStarted: isAbsent = true
            case .brokenOff(let pid): remains = pid
            }
            return nil
        }
    }
}
