/// Who gave which item which category: what every measure of agreement is computed from. Any number of people, and
/// not every one need have judged every item.
public struct Ratings: Sendable {
    /// How far two categories are from each other.
    public enum Level: String, Sendable, CaseIterable, Codable { case nominal, ordinal, interval, ratio }

    /// The number of categories in the scale, also those that nobody chose.
    public let categories: Int
    /// The number that a category stands for; its place in the order where it is no number.
    public let values: [Double]
    public let annotators: Int
    /// Where the judgements of each item begin; one more than there are items.
    let offsets: [Int32]
    /// The category and the annotator of each judgement, item by item.
    let codes: [UInt16]
    let people: [UInt16]

    public var items: Int { offsets.count - 1 }
    public var judgements: Int { codes.count }

    /// One row an item, one column a person; nil is missing. `categories` at most 65,535; a code beyond them is taken
    /// for missing.
    ///
    /// - Parameter values: the numbers that the categories stand for, in rising order; their places where left out.
    public init(_ rows: [[Int?]], categories: Int, values: [Double]? = nil) {
        var offsets: [Int32] = [0]
        var codes: [UInt16] = []
        var people: [UInt16] = []
        offsets.reserveCapacity(rows.count + 1)
        for row in rows {
            for (person, code) in row.enumerated() {
                guard let code, code >= 0, code < categories else { continue }
                codes.append(UInt16(code))
                people.append(UInt16(person))
            }
            offsets.append(Int32(codes.count))
        }
        self.init(
            categories: categories, values: values, annotators: rows.map(\.count).max() ?? 0, offsets: offsets,
            codes: codes, people: people)
    }

    /// From judgements in any order. Of two by one person about one item the later counts.
    public init(
        judgements: [(item: Int, person: Int, code: Int)], items: Int, annotators: Int, categories: Int,
        values: [Double]? = nil
    ) {
        var order = Array(judgements.indices)
        order.sort {
            let (a, b) = (judgements[$0], judgements[$1])
            return a.item != b.item ? a.item < b.item : a.person != b.person ? a.person < b.person : $0 < $1
        }
        var codes: [UInt16] = []
        var people: [UInt16] = []
        var offsets: [Int32] = [0]
        var next = 0
        for item in 0..<items {
            while next < order.count, judgements[order[next]].item == item {
                let it = judgements[order[next]]
                next += 1
                if let last = people.last, people.count > Int(offsets[item]), Int(last) == it.person {
                    codes[codes.count - 1] = UInt16(it.code)
                } else {
                    codes.append(UInt16(it.code))
                    people.append(UInt16(it.person))
                }
            }
            offsets.append(Int32(codes.count))
        }
        self.init(
            categories: categories, values: values, annotators: annotators, offsets: offsets, codes: codes,
            people: people)
    }

    private init(
        categories: Int, values: [Double]?, annotators: Int, offsets: [Int32], codes: [UInt16], people: [UInt16]
    ) {
        self.categories = categories
        self.values = values ?? (0..<categories).map(Double.init)
        (self.annotators, self.offsets, self.codes, self.people) = (annotators, offsets, codes, people)
    }

    /// The judgements of one item: person and category.
    public func judgements(of item: Int) -> [(person: Int, code: Int)] {
        (Int(offsets[item])..<Int(offsets[item + 1])).map { (Int(people[$0]), Int(codes[$0])) }
    }

    /// How often each category was chosen.
    public var marginals: [Int] {
        var counts = [Int](repeating: 0, count: categories)
        for code in codes { counts[Int(code)] += 1 }
        return counts
    }

    /// Items whose judgements differ most, the worst first: the share of its pairs that disagree, then how many there
    /// are. Items that all agree on are left out.
    public func worst(limit: Int) -> [(item: Int, disagreement: Double)] {
        var found: [(item: Int, disagreement: Double, pairs: Int)] = []
        for item in 0..<items {
            let span = Int(offsets[item])..<Int(offsets[item + 1])
            guard span.count > 1 else { continue }
            var differ = 0
            for i in span { for j in i + 1..<span.upperBound where codes[i] != codes[j] { differ += 1 } }
            let pairs = span.count * (span.count - 1) / 2
            if differ > 0 { found.append((item, Double(differ) / Double(pairs), pairs)) }
        }
        found.sort {
            $0.disagreement != $1.disagreement
                ? $0.disagreement > $1.disagreement : $0.pairs != $1.pairs ? $0.pairs > $1.pairs : $0.item < $1.item
        }
        return found.prefix(limit).map { ($0.item, $0.disagreement) }
    }
}
