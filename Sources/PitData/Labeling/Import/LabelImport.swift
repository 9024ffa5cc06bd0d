public import PitModel
import PitParse

/// Reads judgements that were made elsewhere, a page of items at a time. What cannot be understood is counted and passed
/// over; reading a file again gives the same items and judgements under the same ids.
public struct LabelImport {
    public enum Format: String, CaseIterable, Sendable {
        case labelstudio, argilla, csv, jsonl

        /// By a file's name; nil where it says nothing.
        public init?(path: String) {
            let name = path.lowercased()
            if name.hasSuffix(".csv") {
                self = .csv
            } else if name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson") {
                self = .jsonl
            } else {
                return nil
            }
        }
    }

    public struct Options: Sendable {
        /// Nil: by the file's name, and of JSON by its first entry.
        public var format: Format?
        /// The queue that the items are to be in.
        public var queue: String
        /// Where a thing stands, by its name: `author` to `annotator.email`.
        public var fields: [String: String]
        /// When a judgement was made that does not say.
        public var at: Timestamp
        public init(format: Format? = nil, queue: String, fields: [String: String] = [:], at: Timestamp) {
            (self.format, self.queue, self.fields, self.at) = (format, queue, fields, at)
        }
    }

    /// What can be named by `fields`.
    public static let fields = JudgedRow.Field.allCases.map(\.rawValue)

    /// Items of a page, and the bad entries that are told one by one.
    private static let page = 500
    public static let badLineLimit = 20

    public private(set) var format: Format
    public private(set) var read = 0
    /// Annotations that say nothing: skipped by their author, drafts, or a model's.
    public private(set) var passedOver = 0
    public private(set) var badLineCount = 0
    public private(set) var badLines: [(number: Int, reason: String)] = []

    private let options: Options
    private var reader: EntryReader
    /// The entry by which the format was known.
    private var first: EntryReader.Entry?

    public init(_ path: String, _ options: Options) throws(DataFault) {
        self.options = options
        let unknown = options.fields.keys.filter { !Self.fields.contains($0) }.sorted()
        if let field = unknown.first {
            throw .refused("`\(field)` is no field", hint: "There are: \(Self.fields.joined(separator: ", "))")
        }
        let named = options.format ?? Format(path: path)
        reader = try EntryReader(path, named == .csv ? .records : named == .jsonl ? .lines : .values)
        if let named {
            format = named
        } else {
            first = try reader.next()
            format = Self.format(of: first?.value)
        }
    }

    private static func format(of value: JSONValue?) -> Format {
        if value?["annotations"] != nil, value?["data"] != nil { return .labelstudio }
        let record = value?["items"]?.list?.first ?? value
        return record?["fields"] != nil && record?["responses"] != nil ? .argilla : .jsonl
    }

    /// The next items; nil at the end. Judgements of one item that stand behind each other come together.
    public mutating func next() throws(DataFault) -> [JudgedItem]? {
        var items: [JudgedItem] = []
        var places: [String: Int] = [:]
        var entries = 0
        while items.count < Self.page, entries < Self.page * 4 {
            guard let entry = try nextEntry() else { break }
            entries += 1
            guard let value = entry.value else {
                skip(entry.number, entry.reason)
                continue
            }
            for item in take(value, entry.number) {
                read += item.judgements.count
                if let place = places[item.id] {
                    items[place].judgements += item.judgements
                } else {
                    places[item.id] = items.count
                    items.append(item)
                }
            }
        }
        return entries == 0 ? nil : items
    }

    private mutating func nextEntry() throws(DataFault) -> EntryReader.Entry? {
        defer { first = nil }
        if let first { return first }
        return try reader.next()
    }

    private mutating func skip(_ number: Int, _ reason: String) {
        badLineCount += 1
        if badLines.count < Self.badLineLimit { badLines.append((number, reason)) }
    }

    private mutating func take(_ value: JSONValue, _ number: Int) -> [JudgedItem] {
        let context = ImportContext(
            source: format.rawValue, queue: options.queue, at: options.at, fields: options.fields)
        var items: [JudgedItem] = []
        // A page of an answer over HTTP has its records in a list.
        let records = format == .argilla ? value["items"]?.list ?? value["records"]?.list ?? [value] : [value]
        for record in records {
            do throws(ImportProblem) {
                let found =
                    switch format {
                    case .labelstudio: try LabelStudioTask.read(record, context)
                    case .argilla: try ArgillaRecord.read(record, context)
                    case .csv, .jsonl: try JudgedRow.read(record, context, isCSV: format == .csv)
                    }
                passedOver += found.passedOver
                if !found.item.judgements.isEmpty { items.append(found.item) }
            } catch { skip(number, error.words) }
        }
        return items
    }
}

/// Why an entry gives no judgement.
struct ImportProblem: Error {
    var words: String
    init(_ words: String) { self.words = words }
}

/// What every entry of a file has in common.
struct ImportContext {
    var source: String
    var queue: String
    var at: Timestamp
    var fields: [String: String]
}
