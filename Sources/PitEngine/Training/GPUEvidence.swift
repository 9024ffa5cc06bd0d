import Glibc
import PitParse

/// What tells which GPUs a training computes on.
///
/// The most certain first: the driver names its processes, or all that compute and none of them; the environment says which
/// GPUs they may see, and they use the driver; they have a single device open. Where none tells, nobody knows. That a device
/// is mapped into memory tells nothing: it is for a program that only looks at what there is, too (seen with `cuInit` alone,
/// driver 580).
struct GPUEvidence {
    var gpus: [NvidiaReport.GPU] = []
    var listed: [NvidiaReport.Listed] = []
    var works: Set<NvidiaReport.Work> = []
    /// Whether the list of what computes was understood to its end.
    var areWorksWhole = false
    var members: Set<pid_t> = []
    /// Whether the driver counts processes as they are counted here; in a container it may not.
    var areNumbersTheMachines = false
    /// What the members have open; not looked at where the driver's word is enough.
    var devices: [pid_t: TrainingProcesses.Devices] = [:]
    /// Which GPU a device is, where the driver tells, and the devices that there are.
    var minors: [Int: String] = [:]
    var nodes: Set<Int> = []
    var environment: [String: String] = [:]

    /// UUIDs; empty where it is certain that it computes on none, nil where nothing tells.
    func held() -> Set<String>? {
        guard let found = byNumber() ?? byAbsence() ?? byEnvironment() ?? byOpening()
        else { return nil }
        // How much of a GPU a part is, is not said.
        let known = Set(gpus.map(\.uuid)).subtracting(listed.filter(\.isParted).map(\.uuid))
        return found.isSubset(of: known) ? found : nil
    }

    /// Whether the driver's word is enough, so that nothing else need be looked at.
    var isDriversWordEnough: Bool { byNumber() != nil }

    private func byNumber() -> Set<String>? {
        let own = works.filter { work in
            guard members.contains(work.pid) else { return false }
            return areNumbersTheMachines || confirms(work)
        }
        return own.isEmpty ? nil : Set(own.map(\.gpu))
    }

    /// All that compute are known, and it is not among them.
    private func byAbsence() -> Set<String>? { areNumbersTheMachines && areWorksWhole ? [] : nil }

    /// The number may be another process' on the machine: then this one does not use that GPU.
    private func confirms(_ work: NvidiaReport.Work) -> Bool {
        guard let devices = devices[work.pid] else { return false }
        guard let minor = minors.first(where: { $0.value == work.gpu })?.key else { return devices.isDriverOpen }
        return devices.open.contains(minor)
    }

    private func byOpening() -> Set<String>? {
        let open = devices.values.reduce(into: Set<Int>()) { $0.formUnion($1.open) }
        return open.count == 1 ? uuids(of: open) : nil
    }

    private func uuids(of wanted: Set<Int>) -> Set<String>? {
        let told = wanted.compactMap { minors[$0] }
        if told.count == wanted.count { return Set(told) }
        // Which is which does not matter where it is all that there are.
        return minors.isEmpty && wanted == nodes && nodes.count == gpus.count ? Set(gpus.map(\.uuid)) : nil
    }

    /// `CUDA_VISIBLE_DEVICES`: numbers, or beginnings of UUIDs; what stands behind one that is none is not seen.
    private func byEnvironment() -> Set<String>? {
        guard let words = environment["CUDA_VISIBLE_DEVICES"], devices.values.contains(where: \.isDriverOpen) else {
            return nil
        }
        var found: Set<String> = []
        for word in words.split(separator: ",", omittingEmptySubsequences: false) {
            let word = word.filter { $0 != " " }
            // A part of a GPU.
            if word.hasPrefix("MIG-") { return nil }
            if let index = Int(word) {
                guard let gpu = gpus.first(where: { $0.index == index }) else { break }
                guard isOrderKnown else { return nil }
                found.insert(gpu.uuid)
            } else {
                let hits = gpus.filter { word.count > 4 && $0.uuid.hasPrefix(word) }
                guard hits.count == 1 else { break }
                found.insert(hits[0].uuid)
            }
        }
        return found
    }

    /// CUDA counts the fastest first unless it is told otherwise, `nvidia-smi` by the bus: the same among equals alone.
    private var isOrderKnown: Bool {
        gpus.count == 1 || environment["CUDA_DEVICE_ORDER"] == "PCI_BUS_ID"
            || listed.count == gpus.count && Set(listed.map(\.name)).count == 1
    }
}
