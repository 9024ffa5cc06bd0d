import PitParse
import PitStatistics

/// A CSV file of judgements as ratings: its people and categories by name.
struct JudgementTable {
    struct Fault: Error {
        var words: String
        var hint: String
        init(_ words: String, hint: String) { (self.words, self.hint) = (words, hint) }
    }
    let ratings: Ratings
    let annotators: [String]
    /// In rising order where they are numbers, otherwise by the alphabet.
    let categories: [String]
    let skipped: Int

    /// Empty fields are missing judgements.
    init(_ bytes: [UInt8], columns: (item: String, annotator: String, value: String), isNumeric: Bool) throws(Fault) {
        var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        func record() -> ArraySlice<UInt8>? {
            guard start < bytes.count else { return nil }
            let end = CSVRecords.end(of: bytes, from: start) ?? bytes.count
            defer { start = end }
            return bytes[start..<end]
        }
        guard let head = record().map({ CSVRecords.fields(of: $0) }) else {
            throw Fault("the file is empty", hint: "It needs a head and a judgement a line.")
        }
        func place(_ name: String) throws(Fault) -> Int {
            guard let place = head.firstIndex(of: name) else {
                throw Fault("there is no column `\(name)`", hint: "The head has: \(head.joined(separator: ", "))")
            }
            return place
        }
        let (itemPlace, personPlace, valuePlace) = (
            try place(columns.item), try place(columns.annotator), try place(columns.value)
        )
        var (items, people, values) = (Names(), Names(), Names())
        var judgements: [(item: Int, person: Int, code: Int)] = []
        var skipped = 0
        while let record = record() {
            guard record.contains(where: { $0 != 0x0A && $0 != 0x0D }) else { continue }
            let fields = CSVRecords.fields(of: record)
            guard fields.count == head.count else {
                skipped += 1
                continue
            }
            guard !fields[valuePlace].isEmpty else { continue }
            judgements.append(
                (items.code(fields[itemPlace]), people.code(fields[personPlace]), values.code(fields[valuePlace])))
        }
        guard !judgements.isEmpty else {
            throw Fault("there is no judgement in the file", hint: "Each line wants a value in `\(columns.value)`.")
        }
        guard values.all.count <= 65_535, people.all.count <= 65_535 else {
            throw Fault("there are too many different values or people", hint: "At most 65535 of each.")
        }
        let numbers = values.all.map { Double($0) }
        let areNumbers = numbers.allSatisfy { $0?.isFinite ?? false }
        if isNumeric, !areNumbers {
            let odd = zip(values.all, numbers).first { $0.1 == nil }?.0 ?? ""
            throw Fault("`\(odd)` is no number", hint: "Interval and ratio levels take numbers; try --level ordinal.")
        }
        let order = values.all.indices.sorted {
            areNumbers ? (numbers[$0] ?? 0) < (numbers[$1] ?? 0) : values.all[$0] < values.all[$1]
        }
        var rank = [Int](repeating: 0, count: order.count)
        for (place, code) in order.enumerated() { rank[code] = place }
        categories = order.map { values.all[$0] }
        annotators = people.all
        self.skipped = skipped
        ratings = Ratings(
            judgements: judgements.map { ($0.item, $0.person, rank[$0.code]) }, items: items.all.count,
            annotators: people.all.count, categories: categories.count,
            values: areNumbers ? order.map { numbers[$0] ?? 0 } : nil)
    }

    /// Numbers in the order that names come in.
    private struct Names {
        var all: [String] = []
        private var codes: [String: Int] = [:]
        mutating func code(_ name: String) -> Int {
            if let code = codes[name] { return code }
            codes[name] = all.count
            all.append(name)
            return all.count - 1
        }
    }
}
