public import PitModel

/// Writes judged items as a dataset: rows in the files of a format, a card, and a manifest. Items come a page at a time and
/// in the order of their ids; the same ones with the same options give the same bytes.
public final class LabelExport {
    private var format: any LabelFormat
    private let about: LabelFormatInfo
    private let options: LabelExportOptions
    private let folder: ExportFolder
    private let sink: LabelSink
    private var settler: LabelSettler
    private var duplicates: TextDuplicates
    private var items = 0

    /// What was written.
    public struct Summary: Sendable {
        public var items: Int
        public var judgements: Int
        public var rows: Int
        public var bytes: Int
        /// Below the folder, in order.
        public var files: [String]
        public var leftOut: LeftOut
        public var warnings: [String]
    }

    /// - Parameter folder: a new or an empty one, or one of an earlier export, which is replaced.
    public init(_ format: any LabelFormat.Type, _ options: LabelExportOptions, folder: String) throws(DataFault) {
        about = format.about
        self.options = options
        guard about.isTable || options.split == .whole else {
            throw .refused("\(about.id) has no splits", hint: "Leave --split out.")
        }
        let isPlain = options.license.utf8.allSatisfy {
            $0 | 0x20 &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == 0x2D || $0 == 0x2E
        }
        guard isPlain, !options.license.isEmpty else {
            throw .refused(
                "`\(options.license)` is no license's name", hint: "As Hugging Face writes them: apache-2.0, cc-by-4.0")
        }
        self.format = try format.init(options)
        self.folder = try ExportFolder(folder)
        sink = LabelSink(folder: self.folder.path, about, options.split)
        settler = LabelSettler(options)
        duplicates = TextDuplicates(options.deduplication)
    }

    public func take(_ page: [JudgedItem]) throws(DataFault) {
        for item in page {
            items += 1
            let settled = settler.settle(item, &sink.leftOut)
            let trace = duplicates.trace(settled.target)
            if let reason = trace.flatMap(duplicates.reason) {
                sink.leave(reason)
                continue
            }
            sink.place = options.split.parts.count == 1 ? 0 : options.split.place(of: settled.conversation)
            let before = sink.rows
            try format.add(settled, to: sink)
            // One that gave nothing does not stand in the way of the same text that does.
            if let trace, sink.rows > before || !about.isTable { duplicates.remember(trace) }
        }
    }

    public func finish() throws(DataFault) -> Summary {
        try format.finish(sink)
        let tables = try sink.finishTables()
        guard !about.isTable || !tables.isEmpty else {
            let why = sink.leftOut.lines.joined(separator: "; ")
            throw .refused(
                items == 0 ? "there are no judged items" : "none of \(items) items gives a row of \(about.id)",
                hint: why.isEmpty ? "Judge some first: pitwall label" : "Left out are \(why).")
        }
        var files = tables.map(\.file)
        files += try sink.finishOthers()
        let rows = files.reduce(0) { $0 + $1.rows }
        let card = DatasetCard(
            about: about, options: options, tables: tables, items: items, rows: rows, judgements: settler.judgements,
            people: settler.people.count, newest: settler.newest, leftOut: sink.leftOut,
            agreement: settler.agreement.lines,
            rubrics: settler.rubrics.sorted { ($0.name, $0.version) < ($1.name, $1.version) })
        let texts = try write(card, &files)
        try sink.publish()
        // The manifest comes last: what it names is there.
        for file in texts { try file.publish() }
        folder.sync()
        let names = files.map(\.path) + [ExportFolder.manifest]
        folder.removeEarlier(but: Set(names))
        return Summary(
            items: items, judgements: settler.judgements, rows: rows, bytes: files.reduce(0) { $0 + $1.bytes },
            files: names, leftOut: sink.leftOut, warnings: warnings(tables))
    }

    private func write(_ card: DatasetCard, _ files: inout [LabelFile.Written]) throws(DataFault) -> [LabelFile] {
        let readme = try LabelFile(folder: folder.path, path: "README.md", framing: .whole)
        readme.bytes.copy(card.text)
        files.append(try readme.finish())
        let manifest = try LabelFile(folder: folder.path, path: ExportFolder.manifest, framing: .whole)
        manifest.bytes.copy(DatasetManifest(card: card, files: files).text)
        _ = try manifest.finish()
        return [readme, manifest]
    }

    private func warnings(_ tables: [LabelSink.Table]) -> [String] {
        var warnings: [String] = []
        if about.id == OpenAIFormat.about.id {
            for table in tables where table.file.rows < 10 {
                warnings.append("\(table.file.path) has \(table.file.rows) rows; OpenAI takes 10 at least")
            }
        }
        if options.license == "unknown" { warnings.append("the license is unknown: say it with --license") }
        return warnings
    }
}
