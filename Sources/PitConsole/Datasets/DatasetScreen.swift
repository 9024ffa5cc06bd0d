public import PitGrid
public import PitModel

/// One dataset: its members with what is in them, or its first rows.
public struct DatasetScreen: ListScreen {
    public static let about = ScreenInfo(
        id: "dataset", title: "Dataset", key: nil, summary: "one dataset's members, lengths, languages and rows.")
    public static let sortColumns = ["member", "missing", "distinct", "mean", "most"]
    public static let commands: [Command<Self>] = navigation + [turn, tokens, stopTokens, copy]

    public var table = TableState()
    public var filter = ""
    public var hasChosen = false
    private var dataset: String?
    /// Rows are shown, not members.
    private var showsSample = false
    @Cached private var columns: [DatasetProfile.Column] = []
    /// Rows and their numbers.
    @Cached private var sample: [SampleRow] = []

    struct SampleRow: Equatable, Sendable {
        var number: Int
        var text: String
    }

    public init() {}
    private init(_ dataset: String) { self.dataset = dataset }

    public var detail: String { dataset ?? "" }
    public mutating func focus(on subject: String) { self = Self(subject) }

    public var rowCount: Int { showsSample ? sample.count : columns.count }
    public func rowID(_ position: Int) -> String {
        showsSample ? "\(sample[position].number)" : columns[position].id
    }
    public mutating func fit(_ size: Size) { table.viewport = max(1, (size.height - 3) / 2) }

    private var query: DatasetQuery? { dataset.map { DatasetQuery(dataset: $0) } }
    public func surveys(_ world: World) -> DatasetQuery? { query }
    func page(_ world: World) -> DatasetPage? { query.flatMap { world.datasets[$0] } }

    func known(_ world: World) -> Dataset? {
        page(world)?.datasets.first ?? world.datasets[DatasetQuery()]?.datasets.first { $0.id == dataset }
    }

    public mutating func reorder(_ world: World) {
        let filter = RowFilter(filter)
        let page = page(world)
        let chosen = (page?.profile?.columns ?? []).filter {
            filter.isEmpty || filter.matches($0.name, $0.kind, $0.findings.map(\.name).joined(separator: " "))
        }
        columns = table.sortColumn == nil ? chosen : Self.members.order(chosen, table).map { chosen[$0] }
        sample = (page?.sample ?? []).enumerated().map { SampleRow(number: $0.offset + 1, text: $0.element) }
            .filter { filter.isEmpty || filter.matches($0.text) }
        settleSelection()
    }

    private static let turn = Command<Self>(
        "rows", "v", title: "rows or members", help: "Show the first rows, or the members again.", hint: 8,
        availability: { screen, world in
            screen.page(world)?.sample.isEmpty == false ? .available : .refused(because: "there is nothing to show yet")
        }
    ) { screen, world in
        screen.showsSample.toggle()
        screen.hasChosen = false
        screen.reorder(world)
        return []
    }

    func census(_ world: World) -> TokenCensus? { dataset.flatMap { world.tokens[$0] } }

    private static let tokens = Command<Self>(
        "tokens", "t", title: "tokens", help: "Have its tokens counted by a served model, as that counts them.",
        hint: 7,
        availability: { screen, world in
            if screen.page(world)?.profile == nil { return .refused(because: "there is nothing to count yet") }
            if screen.census(world)?.isOpen == true { return .refused(because: "they are being counted; x stops it") }
            return DatasetTokens.servers(world).isEmpty
                ? .refused(because: "none can count: connect one of kind openai") : .available
        }
    ) { screen, world in
        let servers = DatasetTokens.servers(world)
        guard let dataset = screen.dataset, let first = servers.first else { return [] }
        if servers.count == 1, let target = PromptTrial.Target(first) {
            return [.countTokens(dataset: dataset, on: target)]
        }
        return [.ask(DatasetTokens.question(dataset, servers, before: screen.census(world)?.target))]
    }

    private static let stopTokens = Command<Self>(
        "stop", "x", title: "stop counting", help: "Stop counting tokens; what was counted is shown.",
        availability: { screen, world in
            screen.census(world)?.isOpen == true ? .available : .refused(because: "nothing is being counted")
        }
    ) { _, _ in [.stopTokens] }

    public mutating func answer(_ question: String, _ values: [String: String], _ world: World) -> [Effect] {
        guard question == DatasetTokens.questionID, let dataset else { return [] }
        let words = (values["on"] ?? "").filter { !$0.isWhitespace }
        guard let target = PromptTrial.Target(words),
            DatasetTokens.servers(world).contains(target.connection.description)
        else {
            let known = DatasetTokens.servers(world).joined(separator: ", ")
            return [.toast(Notice(.warn, "`\(words)` is none of those that can count: \(known)"))]
        }
        return [.countTokens(dataset: dataset, on: target)]
    }

    private static let copy = Command<Self>(
        "copy", "y", title: "copy", help: "Copy the row, or the command that tells all of the members.",
        availability: { screen, _ in
            screen.dataset == nil ? .refused(because: "no dataset is open") : .available
        }
    ) { screen, _ in
        if screen.showsSample, screen.sample.indices.contains(screen.table.selected) {
            return [.copy(screen.sample[screen.table.selected].text)]
        }
        return [.copy("pitwall data profile \(screen.detail) -o wide")]
    }

    // MARK: Drawing

    private static func figure(_ value: Double?) -> TableCell { TableCell(SafeText(Figures.short(value))) }

    private static let members = Table<DatasetProfile.Column>(
        [
            TableColumn("member", "MEMBER", width: .range(10, 24), priority: 100, sortKey: { .text($0.name) }) {
                TableCell(SafeText($0.name))
            },
            TableColumn("kind", "KIND", width: .range(6, 11), priority: 90) { TableCell(SafeText($0.kind), .dim) },
            TableColumn(
                "missing", "MISSING", width: .fixed(8), align: .right, priority: 85, sortsDescendingFirst: true,
                sortKey: { .number(Double($0.missing)) }
            ) { TableCell(SafeText(Figures.short(Double($0.missing))), $0.missing > 0 ? .warn : .dim) },
            TableColumn(
                "distinct", "DISTINCT", width: .fixed(9), align: .right, priority: 80, sortsDescendingFirst: true,
                sortKey: { .number(Double($0.distinct)) }
            ) { TableCell(SafeText(($0.distinctIsExact ? "" : "~") + Figures.short(Double($0.distinct)))) },
            TableColumn(
                "mean", "MEAN", width: .fixed(8), align: .right, priority: 75, sortsDescendingFirst: true,
                sortKey: { .number($0.mean) }
            ) { figure($0.mean) },
            TableColumn("least", "LEAST", width: .fixed(7), align: .right, priority: 50) { figure($0.least) },
            TableColumn("median", "MEDIAN", width: .fixed(7), align: .right, priority: 55) { figure($0.median) },
            TableColumn(
                "most", "MOST", width: .fixed(7), align: .right, priority: 70, sortsDescendingFirst: true,
                sortKey: { .number($0.most) }
            ) { figure($0.most) },
            TableColumn("private", "PRIVATE", width: .flex(min: 10, weight: 1), priority: 78) { each in
                let words = each.findings.map { "\($0.name) \($0.count)" }.joined(separator: ", ")
                return TableCell(SafeText(words.isEmpty ? "--" : words), words.isEmpty ? .dim : .fail)
            },
            TableColumn("languages", "LANGUAGES", width: .flex(min: 10, weight: 1), priority: 45) { each in
                let words = each.languages.map { "\($0.name) \(Figures.percent($0.share))" }.joined(separator: ", ")
                return TableCell(SafeText(words.isEmpty ? "--" : words), .dim)
            },
        ], prefix: "dataset", identity: { $0.id },
        emptyText: ["No member has these words.", "Esc takes the filter away."])

    private static let samples = Table<SampleRow>(
        [
            TableColumn("number", "ROW", width: .fixed(6), align: .right, priority: 90) {
                TableCell(SafeText("\($0.number)"), .dim)
            },
            TableColumn("text", "CONTENT", width: .flex(min: 30, weight: 1), priority: 100) {
                TableCell(SafeText($0.text))
            },
        ], prefix: "dataset", identity: { "\($0.number)" },
        emptyText: ["No row has these words.", "Esc takes the filter away."])

    public func draw(_ world: World, in area: Rect, on frame: inout Frame) {
        guard let each = known(world), let profile = page(world)?.profile else {
            let words = waiting(world)
            frame.text(SafeText(words.0), in: area.row(area.height / 3), align: .center, ink: Ink(words.1))
            return
        }
        let census = census(world)
        let (top, rest) = area.splitTop(census == nil ? 2 : 3)
        frame.text(SafeText(headline(each, profile)), in: top.row(0), ink: Ink(.text))
        frame.text(
            SafeText(" from \(each.sources.map(\.words).joined(separator: ", "))"), in: top.row(1), ink: Ink(.dim))
        if let census {
            let line = DatasetTokens.headline(census)
            frame.text(SafeText(" " + line.words), in: top.row(2), ink: Ink(line.role))
        }
        // A line more above takes nothing from the list.
        let (list, detail) = rest.splitBottom(max(6, (area.height - 2) / 2) - (top.height - 2))
        frame.line(detail.row(0))
        let inner = Rect(detail.x + 1, detail.y + 1, max(0, detail.width - 2), detail.height - 1)
        if showsSample {
            Self.samples.draw(sample, state: table, in: list, on: &frame)
            guard sample.indices.contains(table.selected) else { return }
            let lines = SafeText(sample[table.selected].text).wrapped(to: max(1, inner.width))
            for (row, line) in lines.prefix(inner.height).enumerated() { frame.text(line, in: inner.row(row)) }
        } else {
            Self.members.draw(columns, state: table, in: list, on: &frame)
            guard columns.indices.contains(table.selected) else { return }
            let column = columns[table.selected]
            frame.text(
                SafeText(" \(column.name) "), in: Rect(detail.x + 2, detail.y, max(0, detail.width - 4), 1),
                ink: Ink(.title, strong: true))
            DatasetColumnView(
                column, page(world)?.profile?.correlations ?? [],
                tokens: census.map { DatasetTokens.lines($0, of: column.name) } ?? []
            ).draw(in: inner, on: &frame)
        }
    }

    private func waiting(_ world: World) -> (String, Role) {
        guard let dataset else { return ("No dataset was opened. Press 8 for the list of them.", .dim) }
        guard let page = page(world) else { return ("Reading \(dataset)...", .dim) }
        return (page.fault ?? "There is no dataset \(dataset) any more. Press 8 for the list of them.", .fail)
    }

    private func headline(_ each: Dataset, _ profile: DatasetProfile) -> String {
        var words = " \(Figures.short(Double(profile.rows))) rows, \(Figures.bytes(Double(each.bytes)))"
        words += ", \(profile.columns.count) members"
        return words + Self.doubles(profile)
    }

    /// Doubles, where they were looked for.
    private static func doubles(_ profile: DatasetProfile) -> String {
        guard let found = profile.duplicates, found.rows > 0 else { return "  doubles --" }
        let rows = Double(found.rows)
        return "  same \(found.column) \(Figures.percent(Double(found.exact) / rows)), nearly "
            + Figures.percent(Double(found.near) / rows)
    }
}
