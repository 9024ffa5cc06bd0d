import Crypto
import PitModel
public import PitParse
import PitStatistics

/// Writes rows of a file of JSON Lines or CSV in a format that trainers read, by the names of its columns. What is written
/// is taken as it is: every response for a good one, every chosen one for better than the rejected one.
public struct RowExport {
    /// Formats that rows without judgements can be written in.
    public static let formats: [any LabelFormat.Type] = [
        SFTFormat.self, DPOFormat.self, OpenAIFormat.self, InstructLabFormat.self, TextFormat.self,
    ]

    /// Where things stand in a row, as `answer.text`; nil: under one of the usual names.
    public struct Columns: Equatable, Sendable {
        public var (messages, prompt, system, context): (String?, String?, String?, String?)
        public var (response, chosen, rejected): (String?, String?, String?)
        /// Rows with the same value are in the same split.
        public var group: String?
        public init() {}

        var named: [String] {
            [messages, prompt, system, context, response, chosen, rejected, group].compactMap { $0 }
        }
    }

    public struct Summary: Sendable {
        public var rowsIn: Int
        public var rows: Int
        /// Below the folder, in order.
        public var files: [String]
        public var leftOut: LeftOut
        public var bad: BadRows

        /// For scripts.
        public var json: JSONValue {
            let left = leftOut.all.map { (key: $0.reason.key, value: JSONValue.number(Double($0.count))) }
            return .object([
                ("rows_in", .number(Double(rowsIn))), ("rows", .number(Double(rows))),
                ("files", .list(files.map(JSONValue.text))), ("left_out", .object(left)),
                ("bad", .number(Double(bad.count))),
            ])
        }
    }

    private let about: LabelFormatInfo
    private let columns: Columns
    private let options: LabelExportOptions

    /// - Parameter tell: how many bytes of how many have been read, now and then.
    public static func run(
        _ path: String, _ format: any LabelFormat.Type, _ columns: Columns, _ options: LabelExportOptions,
        folder: String, tell: (Int, Int) -> Void = { _, _ in }
    ) throws(DataFault) -> Summary {
        let export = RowExport(about: format.about, columns: columns, options: options)
        guard export.about.isTable || options.split == .whole else {
            throw .refused("\(export.about.id) has no splits", hint: "Leave --split out.")
        }
        var writer = try format.init(options)
        var rows = try RowFile.open(path, ColumnPaths(nil), isHashed: true)
        let folder = try ExportFolder(folder)
        let sink = LabelSink(folder: folder.path, export.about, options.split)
        var (count, missing) = (0, Set(columns.named))
        while let row = try rows.next() {
            count += 1
            if count.isMultiple(of: 256) { tell(rows.consumed, rows.size) }
            guard let value = row.value else { continue }
            if !missing.isEmpty { missing = missing.filter { value.at($0) == nil } }
            let item = export.item(value, line: row.line)
            sink.place = options.split.parts.count == 1 ? 0 : options.split.place(of: export.group(value, item))
            try writer.add(item, to: sink)
        }
        try rows.check()
        guard count > 0 else { throw .empty(path: path) }
        if let name = missing.min() {
            throw .refused("no row of \(path) has `\(name)`", hint: "See what there is: pitwall data profile \(path)")
        }
        let input = CleaningReport.File(
            name: path.split(separator: "/").last.map(String.init) ?? path, bytes: rows.consumed,
            sha256: rows.digest() ?? "")
        return try export.finish(&writer, sink, folder, input, count, rows.bad)
    }

    // MARK: - Rows

    private func find(_ named: String?, _ usual: [String], in row: JSONValue) -> JSONValue? {
        if let named { return row.at(named).flatMap { $0.isNull ? nil : $0 } }
        for name in usual {
            if let value = row[name], !value.isNull { return value }
        }
        return nil
    }

    /// A list that is written as a text of JSON, as in CSV.
    private func list(_ value: JSONValue?) -> JSONValue? {
        guard let text = value?.text, text.utf8.first == 0x5B else { return value }
        return JSONReader.value(of: text) ?? value
    }

    private func item(_ row: JSONValue, line: Int) -> SettledItem {
        var messages = ImportedItem.messages(list(find(columns.messages, ["messages", "conversations"], in: row)))
        if messages.isEmpty {
            let prompt = find(columns.prompt, ["prompt", "instruction", "question", "input"], in: row)
            messages = ImportedItem.messages(list(prompt))
        }
        if let system = find(columns.system, ["system"], in: row)?.words, !system.isEmpty,
            !messages.contains(where: { $0.role == "system" })
        {
            messages.insert(Interaction.Message("system", system), at: 0)
        }
        let chosen = ImportedItem.answer(list(find(columns.chosen, ["chosen"], in: row)))
        let rejected = ImportedItem.answer(list(find(columns.rejected, ["rejected"], in: row)))
        let response = find(columns.response, ["response", "completion", "answer", "output"], in: row)
        var answer = ImportedItem.answer(list(response)) ?? chosen
        if answer == nil, let last = messages.last, Self.answering.contains(last.role) {
            answer = last.text
            messages.removeLast()
        }
        // Only there has it a place: in a skill it is what a tool gave, in knowledge what the answers are taken from.
        if about.id == InstructLabFormat.about.id, let context = find(columns.context, ["context"], in: row)?.words {
            if !context.isEmpty { messages.insert(Interaction.Message("tool", context), at: 0) }
        }
        var answers = answer.map { [$0] } ?? []
        let isPair = chosen != nil && rejected != nil
        if let chosen, let rejected,
            ![SFTFormat.about.id, InstructLabFormat.about.id, TextFormat.about.id].contains(about.id)
        {
            answers = [chosen, rejected]
        }
        let target = JudgedTarget(
            connection: ConnectionName("file"), interaction: "\(line)", model: nil, release: nil,
            at: Timestamp(milliseconds: 0), textHash: "", messages: messages, answers: answers)
        return SettledItem(
            item: JudgedItem(id: "\(line)", queue: "", target: target, judgements: []),
            verdict: answers.count == 1 ? .agreed(true) : .none,
            preference: isPair && answers.count == 2 ? .agreed(.first) : .none, ranked: [], wasRanked: false,
            corrections: [])
    }

    private static let answering: Set<String> = ["assistant", "ai", "bot", "gpt", "model", "chatbot"]

    private func group(_ row: JSONValue, _ item: SettledItem) -> UInt64 {
        guard let value = columns.group.flatMap({ row.at($0) }), !value.isNull else { return item.conversation }
        return JudgedText.number(JudgedText.hash([value.words ?? value.json]).finalize())
    }

    // MARK: - The end

    private func finish(
        _ writer: inout any LabelFormat, _ sink: LabelSink, _ folder: ExportFolder, _ input: CleaningReport.File,
        _ count: Int, _ bad: BadRows
    ) throws(DataFault) -> Summary {
        try writer.finish(sink)
        let tables = try sink.finishTables()
        guard !about.isTable || !tables.isEmpty else {
            let why = sink.leftOut.lines.joined(separator: "; ")
            throw .refused(
                "none of \(count) rows gives one of \(about.id)",
                hint: "Left out are \(why). Name the columns: --prompt, --response; --chosen, --rejected; --messages")
        }
        var files = tables.map(\.file)
        files += try sink.finishOthers()
        let card = RowExportCard(about: about, options: options, input: input, rowsIn: count, tables: tables)
        let readme = try LabelFile(folder: folder.path, path: "README.md", framing: .whole)
        readme.bytes.copy(card.text)
        files.append(try readme.finish())
        let manifest = try LabelFile(folder: folder.path, path: ExportFolder.manifest, framing: .whole)
        manifest.bytes.copy(card.manifest(columns, files, sink.leftOut, bad).pretty + "\n")
        _ = try manifest.finish()
        try sink.publish()
        try readme.publish()
        try manifest.publish()
        folder.sync()
        let names = files.map(\.path) + [ExportFolder.manifest]
        folder.removeEarlier(but: Set(names))
        return Summary(rowsIn: count, rows: sink.rows, files: names, leftOut: sink.leftOut, bad: bad)
    }
}

extension DataRow {
    /// Its members; a record of CSV has texts, and nothing where a field is empty.
    var value: JSONValue? {
        guard isCSV else { return JSONReader.value(of: bytes) }
        return .object(texts.map { (key: $0.column, value: $0.text.isEmpty ? .null : .text($0.text)) })
    }
}
