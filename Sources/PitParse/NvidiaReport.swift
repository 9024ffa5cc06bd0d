/// What `nvidia-smi` prints of GPUs and of what computes on them: CSV without a header and without units.
///
/// What it cannot tell of a GPU it writes in brackets (`[N/A]`, `[Not Supported]`, `[Unknown Error]`), and what it or the
/// driver complains of stands between the lines; a line that is not of the form that was asked for is left out and counted.
public enum NvidiaReport {
    /// A GPU, as `--query-gpu=index,uuid,utilization.gpu,memory.used,memory.total,power.draw` tells it.
    public struct GPU: Equatable, Sendable {
        public var index: Int
        /// `GPU-` and what no other has.
        public var uuid: String
        /// The share of time in which something computed, 0 to 1.
        public var utilisation: Double?
        /// Bytes.
        public var memoryUsed: Double?
        public var memoryTotal: Double?
        /// Watts.
        public var power: Double?
        public init(
            index: Int, uuid: String, utilisation: Double? = nil, memoryUsed: Double? = nil, memoryTotal: Double? = nil,
            power: Double? = nil
        ) {
            (self.index, self.uuid, self.utilisation) = (index, uuid, utilisation)
            (self.memoryUsed, self.memoryTotal, self.power) = (memoryUsed, memoryTotal, power)
        }
    }

    /// A process that computes, as `--query-compute-apps=pid,gpu_uuid,used_memory` tells it. In a container its number may
    /// be one of the machine's.
    public struct Work: Hashable, Sendable {
        public var pid: Int32
        public var gpu: String
        public init(pid: Int32, gpu: String) { (self.pid, self.gpu) = (pid, gpu) }
    }

    /// A GPU, as `-L` lists it.
    public struct Listed: Equatable, Sendable {
        public var name: String
        public var uuid: String
        /// Whether it is parted (MIG), so that nobody has all of it.
        public var isParted: Bool
        public init(name: String, uuid: String, isParted: Bool = false) {
            (self.name, self.uuid, self.isParted) = (name, uuid, isParted)
        }
    }

    /// GPUs that are taken from one reply, processes, and bytes of a line that are looked at.
    private static let (mostGPUs, mostWorks, longestLine) = (1024, 65_536, 1024)

    public static func gpus(_ bytes: [UInt8]) -> [GPU] {
        var (found, seen): ([GPU], Set<String>) = ([], [])
        for line in lines(bytes) where found.count < mostGPUs {
            let fields = fields(line)
            guard fields.count == 6, let index = whole(fields[0]), isUUID(fields[1]), seen.insert(fields[1]).inserted
            else { continue }
            let mebibyte = 1_048_576.0
            found.append(
                GPU(
                    index: index, uuid: fields[1],
                    utilisation: amount(fields[2]).flatMap { $0 <= 100 ? $0 / 100 : nil },
                    memoryUsed: amount(fields[3]).map { $0 * mebibyte },
                    memoryTotal: amount(fields[4]).flatMap { $0 > 0 ? $0 * mebibyte : nil }, power: amount(fields[5])))
        }
        return found
    }

    /// Also whether all that was printed was understood: only then is who is not named not there.
    public static func works(_ bytes: [UInt8]) -> (works: Set<Work>, isWhole: Bool) {
        var (found, isWhole): (Set<Work>, Bool) = ([], true)
        for line in lines(bytes) {
            let fields = fields(line)
            guard fields.count == 3, let pid = whole(fields[0]).flatMap({ Int32(exactly: $0) }), pid > 0,
                isUUID(fields[1]), found.count < mostWorks
            else {
                isWhole = false
                continue
            }
            found.insert(Work(pid: pid, gpu: fields[1]))
        }
        return (found, isWhole)
    }

    /// `GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-...)`, under it `MIG 3g.20gb Device 0: (UUID: MIG-...)` where it is parted.
    public static func list(_ bytes: [UInt8]) -> [Listed] {
        var found: [Listed] = []
        for line in lines(bytes) {
            let words = String(decoding: line, as: UTF8.self).trimmed
            if words.hasPrefix("MIG "), let last = found.indices.last {
                found[last].isParted = true
            } else if words.hasPrefix("GPU "), words.hasSuffix(")"), found.count < mostGPUs,
                let colon = words.firstIndex(of: ":"), let open = words.lastIndex(of: "("), colon < open,
                whole(words[words.index(words.startIndex, offsetBy: 4)..<colon]) != nil,
                words[open...].hasPrefix("(UUID: ")
            {
                let uuid = String(words[open...].dropFirst(7).dropLast())
                guard isUUID(uuid) else { continue }
                found.append(Listed(name: words[words.index(after: colon)..<open].trimmed, uuid: uuid))
            }
        }
        return found
    }

    /// Which `/dev/nvidiaN` a GPU is, as the driver's file `information` of a GPU tells it; nil where it does not.
    public static func device(_ bytes: [UInt8]) -> (minor: Int, uuid: String)? {
        var (minor, uuid): (Int?, String?)
        for line in lines(bytes) {
            let words = String(decoding: line, as: UTF8.self)
            guard let colon = words.firstIndex(of: ":") else { continue }
            let value = words[words.index(after: colon)...].trimmed
            switch words[..<colon].trimmed {
            case "Device Minor": minor = whole(value)
            case "GPU UUID": uuid = isUUID(value) ? value : nil
            default: break
            }
        }
        guard let minor, let uuid else { return nil }
        return (minor, uuid)
    }

    // MARK: Pieces

    /// Lines that say something; what is longer than any of the forms is none of them, and is cut.
    private static func lines(_ bytes: [UInt8]) -> some Sequence<ArraySlice<UInt8>> {
        bytes.lazy.split { $0 == 10 || $0 == 13 }.map { $0.prefix(longestLine) }
            .filter { $0.contains { $0 > 0x20 } }
    }

    private static func fields(_ line: ArraySlice<UInt8>) -> [String] {
        line.split(separator: UInt8(ascii: ","), maxSplits: 16, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self).trimmed }
    }

    private static func whole(_ word: some StringProtocol) -> Int? {
        guard (1...10).contains(word.utf8.count), word.utf8.allSatisfy({ $0 &- 0x30 <= 9 }) else { return nil }
        return Int(word)
    }

    /// A plain number; Swift alone would take `nan`, `inf` and `0x10`, too.
    private static func amount(_ word: String) -> Double? {
        guard (1...12).contains(word.utf8.count), word.utf8.allSatisfy({ $0 &- 0x30 <= 9 || $0 == 0x2E }) else {
            return nil
        }
        return Double(word)
    }

    /// Of a GPU or of a part of one.
    private static func isUUID(_ word: String) -> Bool {
        guard word.hasPrefix("GPU-") || word.hasPrefix("MIG-"), (5...100).contains(word.utf8.count) else {
            return false
        }
        return word.utf8.allSatisfy { ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 <= 9 || $0 == 0x2D || $0 == 0x2F }
    }
}

extension StringProtocol {
    /// Without the spaces around it.
    fileprivate var trimmed: String {
        let spaces: Set<Character> = [" ", "\t"]
        guard let first = firstIndex(where: { !spaces.contains($0) }),
            let last = lastIndex(where: { !spaces.contains($0) })
        else { return "" }
        return String(self[first...last])
    }
}
