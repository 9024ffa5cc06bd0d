import PitModel

/// How far a pod's log was read. The server knows no offsets, only the second from which on: what came in that second and
/// was read is left out by the time before each line.
struct PodLogPlace: Equatable {
    /// Bytes that are asked for at once.
    static let limit = 1 << 20

    private let pod: String
    /// Of the last line: `2026-11-26T02:00:00` and nine digits of the second; empty before the first.
    private var stamp = ""
    /// Lines of that very time that were read.
    private var count = 0

    /// Another pod's log begins at its start.
    init(_ text: String?, pod: String) {
        self.pod = pod
        let parts = (text ?? "").split(separator: "|", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == pod, let count = Int(parts[2]) else { return }
        (stamp, self.count) = (String(parts[1]), count)
    }

    var text: String { "\(pod)|\(stamp)|\(count)" }

    func query(container: String?) -> [(name: String, value: String)] {
        var query = [(name: "timestamps", value: "true"), (name: "limitBytes", value: "\(Self.limit)")]
        if let container { query.append((name: "container", value: container)) }
        if !stamp.isEmpty { query.append((name: "sinceTime", value: "\(stamp.prefix(19))Z")) }
        return query
    }

    /// The lines that are new.
    ///
    /// - Parameter isOver: whether nothing more can come; before that a line without its end is left for later.
    func read(_ body: [UInt8], isOver: Bool) -> RemoteLog {
        var (place, lines) = (self, [RemoteLog.Line]())
        let isCut = body.count >= Self.limit
        var seen = 0
        var pieces = body.split(separator: 10, omittingEmptySubsequences: false)[...]
        if let last = pieces.last, last.isEmpty || !isOver && !isCut { pieces.removeLast() }
        for piece in pieces {
            guard let (time, words) = Self.parted(piece) else {
                // No time before it: it goes on what came before, and is new when that is.
                if seen == 0, !stamp.isEmpty { continue }
                lines.append(.init(Array(piece)))
                continue
            }
            if time < stamp { continue }
            if time == stamp {
                seen += 1
                if seen <= count { continue }
            }
            place.count = time == place.stamp ? place.count + 1 : 1
            place.stamp = time
            lines.append(.init(at: Timestamp(rfc3339: "\(time.prefix(19)).\(time.suffix(9).prefix(3))Z"), Array(words)))
        }
        if isCut, lines.isEmpty, let later = Self.second(after: stamp) {
            // What stands in this second is more than can be had at once: the rest of it is passed over.
            (place.stamp, place.count) = (later, 0)
        }
        return RemoteLog(lines, place: place.text, hasMore: isCut)
    }

    /// `2026-11-26T02:00:00.5Z words`: the time in a form of one length, and the words.
    private static func parted(_ line: ArraySlice<UInt8>) -> (String, ArraySlice<UInt8>)? {
        let head = line.prefix(40)
        guard let space = head.firstIndex(of: 0x20) ?? (line.count <= 40 ? line.endIndex : nil) else { return nil }
        let word = String(decoding: line[..<space], as: UTF8.self)
        guard word.utf8.count >= 20, let at = Timestamp(rfc3339: word) else { return nil }
        let rest = word.utf8.dropFirst(19)
        let fraction = rest.first == 0x2E ? rest.dropFirst().prefix { $0 &- 0x30 < 10 }.prefix(9) : rest.prefix(0)
        let digits = String(decoding: fraction, as: UTF8.self)
        let whole = Timestamp(milliseconds: at.milliseconds - (at.milliseconds % 1000 + 1000) % 1000)
        let padded = digits + String(repeating: "0", count: 9 - digits.utf8.count)
        let words = space == line.endIndex ? line[line.endIndex...] : line[(space + 1)...]
        return ("\(whole.rfc3339.prefix(19)).\(padded)", words)
    }

    private static func second(after stamp: String) -> String? {
        guard let at = Timestamp(rfc3339: "\(stamp.prefix(19))Z") else { return nil }
        return "\(at.advanced(by: 1).rfc3339.prefix(19)).000000000"
    }
}
