public import PitModel

/// What a line of a training program's output says of metrics.
///
/// Three ways of writing are known: JSON (`{"loss": 0.3, "step": 10}`), Python's own (`{'loss': 0.3, 'epoch': 1.0}`, as
/// Hugging Face's Trainer prints it), and words (`step 10 loss=0.3`).
public struct TrainingLine: Equatable, Sendable {
    public var step: Int?
    public var values: [String: Double]

    private static let steps: Set<String> = ["step", "steps", "global_step", "iter", "iteration"]
    /// Bytes of a line that are looked at, and values that are taken from it.
    private static let (mostBytes, mostValues) = (16 << 10, 100)

    /// Nil where it speaks of no metric.
    public init?(_ line: some Collection<UInt8>) {
        let bytes = Array(line.prefix(Self.mostBytes))
        let start = bytes.firstIndex { $0 > 0x20 } ?? bytes.count
        let isObject = start < bytes.count && bytes[start] == UInt8(ascii: "{")
        (step, values) = (nil, [:])
        var place = start
        var hasLoss = false
        while place < bytes.count, values.count < Self.mostValues {
            guard Self.isLetter(bytes[place]), place == start || !Self.isPart(bytes[place - 1]) else {
                place += 1
                continue
            }
            let first = place
            while place < bytes.count, Self.isPart(bytes[place]) { place += 1 }
            let name = String(decoding: bytes[first..<min(place, first + 100)], as: UTF8.self)
            let isLoss = name.lowercased().contains("loss")
            let isStep = Self.steps.contains(name.lowercased())
            guard let number = Self.number(bytes, &place, mayBeBare: !isObject && (isLoss || isStep)) else { continue }
            if isStep {
                step = Int(exactly: number.rounded()) ?? step
            } else {
                values[name] = number
                hasLoss = hasLoss || isLoss
            }
        }
        if values.isEmpty || !isObject && !hasLoss && step == nil { return nil }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        let lower = byte | 0x20
        return lower >= 0x61 && lower <= 0x7A || byte == 0x5F
    }
    private static func isPart(_ byte: UInt8) -> Bool {
        isLetter(byte) || byte &- 0x30 <= 9 || byte == 0x2F || byte == 0x2E || byte == 0x2D
    }

    /// The number behind a name: after `:` or `=`, where it may stand bare after spaces alone.
    private static func number(_ bytes: [UInt8], _ place: inout Int, mayBeBare: Bool) -> Double? {
        var at = place
        var isParted = false
        while at < bytes.count, [0x20, 0x09, 0x22, 0x27, 0x3A, 0x3D].contains(bytes[at]) {
            isParted = isParted || bytes[at] == 0x3A || bytes[at] == 0x3D
            at += 1
        }
        guard at > place, isParted || mayBeBare else { return nil }
        let first = at
        while at < bytes.count, isLetter(bytes[at]) || bytes[at] &- 0x30 <= 9 || [0x2B, 0x2D, 0x2E].contains(bytes[at])
        {
            at += 1
        }
        let word = String(decoding: bytes[first..<min(at, first + 40)], as: UTF8.self)
        let number: Double? =
            switch word.lowercased() {
            case "nan": .nan
            case "inf", "infinity": .infinity
            case "-inf", "-infinity": -.infinity
            default: word.utf8.first.map { $0 &- 0x30 <= 9 || $0 == 0x2D || $0 == 0x2E } ?? false ? Double(word) : nil
            }
        if number != nil { place = at }
        return number
    }
}

/// Courses of metrics, as a program's output tells them, bounded in number and length.
public struct TrainingCurves: Equatable, Codable, Sendable {
    public private(set) var curves: [String: [MetricPoint]] = [:]
    /// Points that were told of each, kept or not.
    private var told: [String: Int] = [:]
    /// Every so many-th point of each is kept.
    private var stride: [String: Int] = [:]
    private static let (mostMetrics, mostPoints) = (100, 2000)

    public init() {}

    /// Without a step, points are counted.
    public mutating func take(_ line: TrainingLine, at: Timestamp) {
        for (name, value) in line.values {
            guard curves[name] != nil || curves.count < Self.mostMetrics else { continue }
            let count = told[name, default: 0]
            told[name] = count + 1
            let point = MetricPoint(step: line.step ?? count, at: at, value: value)
            var points = curves[name] ?? []
            // The last one is always there; it gives way unless it is one of those that are kept.
            if count > 0, (count - 1) % (stride[name] ?? 1) != 0 { points.removeLast() }
            points.append(point)
            if points.count > Self.mostPoints {
                points = points.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
                stride[name] = (stride[name] ?? 1) * 2
            }
            curves[name] = points
        }
    }
}
