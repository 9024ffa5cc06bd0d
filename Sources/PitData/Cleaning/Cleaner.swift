import Crypto
import Foundation
public import PitModel
import PitParse

/// Cleans a file as a recipe says: rows in, rows out, a row at a time. What is not changed is written byte for byte as it
/// was; what cannot be read is counted, and left out.
public struct Cleaner {
    private let recipe: CleaningRecipe
    private let steps: [any CleaningStep]
    /// What the texts of a row are looked for.
    private let paths: ColumnPaths
    private let wanted: [ColumnPaths]

    public init(_ recipe: CleaningRecipe) throws(DataFault) {
        self.recipe = recipe
        var steps: [any CleaningStep] = []
        for spec in recipe.steps {
            do throws(CleaningFault) { steps.append(try Self.make(spec)) } catch {
                throw .refused(
                    "`\(spec.step)`: \(error.words)", hint: "Change the recipe: pitwall data clean --example")
            }
        }
        self.steps = steps
        wanted = recipe.steps.map { ColumnPaths($0.columns ?? recipe.columns) }
        let isEverything = recipe.steps.contains { $0.columns == nil } && recipe.columns == nil
        paths = ColumnPaths(isEverything ? nil : recipe.steps.flatMap { $0.columns ?? recipe.columns ?? [] })
    }

    /// A step of the catalog.
    public static func make(_ spec: CleaningStepSpec) throws(CleaningFault) -> any CleaningStep {
        guard let kind = cleaningCatalog.first(where: { $0.about.id == spec.step }) else {
            throw CleaningFault("there is no such step")
        }
        return try kind.init(spec)
    }

    // MARK: - Running

    /// Writes what is left of a file, and a manifest beside it.
    ///
    /// - Parameters:
    ///   - text: the recipe as it was written; its hash and it itself stand in the manifest.
    ///   - tell: how many bytes of how many have been read, now and then.
    public func run(
        _ path: String, out: String, text: String, version: String, tell: (Int, Int) -> Void = { _, _ in }
    ) throws(DataFault) -> CleaningReport {
        let surveyed = try survey(path, tell)
        var pass = Pass(self, surveyed)
        var rows = try open(path, isHashed: true)
        guard !rows.isAlso(out), !rows.isAlso(Self.manifest(of: out)) else {
            throw .refused("\(out) is the file itself that is to be cleaned", hint: "Name another one with --out.")
        }
        var file = try NewFile(out, isHashed: true)
        if !rows.head.isEmpty { try file.put(line: rows.head[...]) }
        var count = 0
        while let row = try rows.next() {
            count += 1
            if count.isMultiple(of: 256) { tell(surveys * rows.size + rows.consumed, (surveys + 1) * rows.size) }
            if let texts = pass.clean(row) { try file.put(line: row.written(with: texts)) }
        }
        try rows.check()
        try pass.checkColumns(of: path, count)
        try file.finish()
        var report = CleaningReport(
            recipe: recipe.name, recipeHash: JudgedText.hex(SHA256.hash(data: Data(text.utf8))),
            input: .init(name: Self.name(path), bytes: rows.consumed, sha256: rows.digest() ?? ""),
            output: .init(name: Self.name(out), bytes: file.bytes, sha256: file.digest() ?? ""), steps: pass.counts)
        (report.rowsIn, report.rowsOut, report.changed) = (count, pass.kept, pass.changed)
        (report.bad, report.decoded) = (rows.bad, rows.decoded)
        for one in pass.failed { report.bad.add(one.line, one.why) }
        report.bad.tooLong(pass.failedCount - pass.failed.count)
        try write(report, text, version, beside: out)
        return report
    }

    public static func manifest(of out: String) -> String { "\(out).manifest.json" }

    private func write(
        _ report: CleaningReport, _ text: String, _ version: String, beside out: String
    ) throws(DataFault) {
        var members = report.json.members ?? []
        members.insert(("pitwall", .text(version)), at: 0)
        members.append(("recipe_text", .text(text)))
        var file = try NewFile(Self.manifest(of: out))
        try file.put(line: Array(JSONValue.object(members).pretty.utf8)[...])
        try file.finish()
    }

    private static func name(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    private func open(_ path: String, isHashed: Bool = false) throws(DataFault) -> RowFile {
        try RowFile.open(path, paths, encoding: recipe.encoding, isHashed: isHashed)
    }

    // MARK: - Surveys

    private var surveys: Int { steps.count { type(of: $0).about.needsSurvey } }

    /// The steps with what they had to know of all rows: for each that wants it the rows are read once, as the steps
    /// before it leave them.
    private func survey(_ path: String, _ tell: (Int, Int) -> Void) throws(DataFault) -> [any CleaningStep] {
        var known = steps
        var done = 0
        for place in steps.indices where type(of: steps[place]).about.needsSurvey {
            var pass = Pass(self, known)
            var rows = try open(path)
            var count = 0
            while let row = try rows.next() {
                count += 1
                if count.isMultiple(of: 256) { tell(done * rows.size + rows.consumed, (surveys + 1) * rows.size) }
                if let texts = pass.clean(row, before: place) {
                    known[place].survey(CleanedRow(line: row.line, texts: pass.part(texts, for: place)))
                }
            }
            known[place].endSurvey()
            done += 1
        }
        return known
    }

    // MARK: - Preview

    /// The first rows that change or go, step by step; nothing is written.
    public func preview(
        _ path: String, rows wantedRows: Int, tell: (Int, Int) -> Void = { _, _ in }
    ) throws(DataFault) -> CleaningPreview {
        var pass = Pass(self, try survey(path, tell))
        var rows = try open(path)
        var preview = CleaningPreview()
        while preview.touched < wantedRows, let row = try rows.next() {
            preview.rows += 1
            var entries: [CleaningPreview.Entry] = []
            _ = pass.clean(row) { entries.append($0) }
            if !entries.isEmpty { preview.touched += 1 }
            preview.entries += entries
        }
        if preview.touched < wantedRows { try pass.checkColumns(of: path, preview.rows) }
        preview.bad = rows.bad
        return preview
    }

    /// One time through a file.
    private struct Pass {
        private let names: [String]
        private let columns: [Set<String>?]
        private let wanted: [ColumnPaths]
        private var steps: [any CleaningStep]
        private(set) var counts: [CleaningReport.Step]
        private(set) var kept = 0
        private(set) var changed = 0
        private(set) var failed: [(line: Int, why: String)] = []
        private(set) var failedCount = 0
        private var seen: Set<String> = []

        init(_ cleaner: Cleaner, _ steps: [any CleaningStep]) {
            self.steps = steps
            wanted = cleaner.wanted
            names = cleaner.recipe.steps.map(\.name)
            columns = cleaner.recipe.steps.map { ($0.columns ?? cleaner.recipe.columns).map { Set($0) } }
            counts = cleaner.recipe.steps.map { CleaningReport.Step(step: $0.step, name: $0.name) }
        }

        /// The texts that a step works on.
        func part(_ texts: [CleanedText], for step: Int) -> [CleanedText] {
            guard columns[step] != nil else { return texts }
            return texts.filter { wanted[step].takes($0.column) }
        }

        /// What the row's texts become; nil when it goes.
        mutating func clean(
            _ row: DataRow, before end: Int? = nil, _ note: (CleaningPreview.Entry) -> Void = { _ in }
        ) -> [CleanedText]? {
            var texts = row.texts.map { CleanedText(column: $0.column, text: $0.text) }
            for text in texts where !seen.contains(text.column) { seen.insert(text.column) }
            var isChanged = false
            for place in 0..<(end ?? steps.count) {
                var part = CleanedRow(line: row.line, texts: part(texts, for: place))
                if part.texts.isEmpty { continue }
                let before = part.texts
                counts[place].rows += 1
                let verdict = steps[place].clean(&part)
                let first = before.first
                switch verdict {
                case .keep: break
                case .remove(let reason):
                    counts[place].removed += 1
                    counts[place].reasons[reason, default: 0] += 1
                    note(
                        .init(
                            line: row.line, step: names[place], removed: reason, column: first?.column ?? "",
                            before: first?.text ?? "", after: nil))
                    return nil
                case .failed(let why):
                    failedCount += 1
                    if failed.count < BadRows.most { failed.append((row.line, why)) }
                    note(
                        .init(
                            line: row.line, step: names[place], removed: why, column: first?.column ?? "",
                            before: first?.text ?? "", after: nil))
                    return nil
                }
                var isOther = false
                for (old, new) in zip(before, part.texts) where !old.text.isSame(as: new.text) {
                    isOther = true
                    note(
                        .init(
                            line: row.line, step: names[place], removed: nil, column: old.column, before: old.text,
                            after: new.text))
                }
                guard isOther else { continue }
                isChanged = true
                counts[place].changed += 1
                put(part.texts, into: &texts, step: place)
            }
            kept += 1
            if isChanged { changed += 1 }
            return texts
        }

        private func put(_ part: [CleanedText], into texts: inout [CleanedText], step: Int) {
            guard columns[step] != nil else {
                texts = part
                return
            }
            var next = part.makeIterator()
            for place in texts.indices where wanted[step].takes(texts[place].column) {
                if let text = next.next() { texts[place] = text }
            }
        }

        /// A name that no row has is a misunderstanding, and then nothing is written.
        func checkColumns(of path: String, _ rows: Int) throws(DataFault) {
            guard rows > 0 else { throw .empty(path: path) }
            for name in columns.flatMap({ $0 ?? [] }).sorted() where !seen.contains(name) {
                throw .refused(
                    "no row of \(path) has a text `\(name)`", hint: "See what there is: pitwall data profile \(path)")
            }
        }
    }
}
