import PitModel
import PitParse

/// Sums up what was seen of the GPUs of a training, look by look.
struct GPUMeter {
    private(set) var usage = TrainingUsage()
    private var last: (at: Timestamp, held: [String: NvidiaReport.GPU])?
    /// The share of each GPU that was taken last.
    private var shares: [String: TrainingUsage.Share] = [:]
    private var busy = (seconds: 0.0, sum: 0.0)
    private var joules: Double?
    /// Seconds for which what was seen holds at most: nobody knows how busy a GPU was for longer than that.
    private let longest: Double
    /// Shares from which on one that comes back is counted as one with the last of the same GPU.
    private static let most = 500

    /// - Parameter pause: seconds between two looks.
    init(pause: Double) { longest = 6 * pause }

    /// Takes what was seen now. A GPU counts from the look that found it there to the last one that did.
    mutating func take(_ gpus: [NvidiaReport.GPU], held: Set<String>, at now: Timestamp) {
        let current = Dictionary(
            gpus.filter { held.contains($0.uuid) }.map { ($0.uuid, $0) }, uniquingKeysWith: { first, _ in first })
        // A clock that is set back takes nothing away.
        let now = max(now, last?.at ?? now)
        weigh(until: now) { current[$0] != nil }
        for gpu in current.values.sorted(by: { $0.index < $1.index }) { open(gpu, now) }
        usage.take(current.keys.sorted().compactMap { shares[$0] }, lastSeen: last?.at)
        for share in usage.shares { if let uuid = Self.uuid(of: share) { shares[uuid] = share } }
        for gpu in current.values { note(gpu) }
        usage.seenAt = now
        last = (now, current)
    }

    /// It has ended: what it held when it was last looked at, it held to the end, unless that is long ago.
    mutating func close(at end: Timestamp) {
        guard let last else { return }
        let end = max(end, last.at)
        let isFresh = end.since(last.at) <= longest
        if isFresh { weigh(until: end) { _ in true } }
        usage.close(at: isFresh ? end : last.at)
        self.last = nil
    }

    /// What a look told holds until the next one.
    private mutating func weigh(until now: Timestamp, _ isHeld: (String) -> Bool) {
        guard let last else { return }
        let seconds = min(longest, max(0, now.since(last.at)))
        for (uuid, gpu) in last.held where isHeld(uuid) {
            if let power = gpu.power { joules = (joules ?? 0) + power * seconds }
            guard let share = gpu.utilisation else { continue }
            busy = (busy.seconds + seconds, busy.sum + share * seconds)
        }
        if busy.seconds > 0 { usage.utilisation = busy.sum / busy.seconds }
        usage.energy = joules
    }

    private mutating func open(_ gpu: NvidiaReport.GPU, _ now: Timestamp) {
        guard var share = shares[gpu.uuid] else {
            shares[gpu.uuid] = .init(id: gpu.uuid, name: "GPU \(gpu.index)", gpus: 1, from: now)
            return
        }
        guard let ended = share.to else { return }
        if usage.shares.count < Self.most {
            let count = usage.shares.count { Self.uuid(of: $0) == gpu.uuid }
            share.id = "\(gpu.uuid) \(count + 1)"
            share.from = now
        } else {
            // The time between is taken out at its begin.
            share.from = share.from.advanced(by: max(0, now.since(ended)))
        }
        share.to = nil
        shares[gpu.uuid] = share
    }

    private static func uuid(of share: TrainingUsage.Share) -> String? {
        share.id.split(separator: " ").first.map(String.init)
    }

    private mutating func note(_ gpu: NvidiaReport.GPU) {
        guard let used = gpu.memoryUsed, let total = gpu.memoryTotal, used <= total else { return }
        let memory = TrainingUsage.Memory(used: used, total: total)
        if memory.ratio > usage.memory?.ratio ?? -1 { usage.memory = memory }
    }
}
