public import PitGrid
public import PitModel

/// Exchanges with models, newest first, and what was found in them: to read, and to say whether it is right.
///
/// `focus(on:)` takes a model's name, or an `InteractionQuery.subject`.
public struct ExchangesScreen: RowScreen {
    public static let about = ScreenInfo(
        id: "exchanges", title: "Exchanges", key: "E", summary: "what was said, and what was found in it.")
    public static let sortColumns = ["at", "model", "client", "in", "out", "took", "found"]
    static let rowNoun = "exchange"
    public static let commands: [Command<Self>] =
        navigation.filter { !["page-down", "page-up"].contains($0.id) } + [
            pageDown, pageUp, read, nextFinding, previousFinding, right, wrong, unlabel, show, detector, older, newest,
            everything, model, queue, copy,
        ]

    /// Which exchanges are shown.
    enum Show: String, Codable, Sendable, CaseIterable {
        case all, found, unlabelled

        var words: String {
            switch self {
            case .all: "all"
            case .found: "with findings"
            case .unlabelled: "with findings that nobody has labelled"
            }
        }

        func shows(_ kept: KeptInteraction) -> Bool {
            switch self {
            case .all: true
            case .found: !kept.findings.isEmpty
            case .unlabelled: kept.findings.contains { $0.label == nil && $0.finding.kind != Finding.notChecked }
            }
        }
    }

    /// Exchanges read at once.
    static let page = 300

    public var table = TableState()
    public var filter = ""
    public var hasChosen = false
    var query = InteractionQuery(limit: page)
    var show = Show.all
    /// Whether one exchange has the whole screen.
    var isReading = false
    /// The selected finding of the selected exchange, and the exchange that it is of.
    var finding = 0
    private var findingOf: Int64 = 0
    /// Lines that are scrolled away while reading.
    var scroll = 0
    private var size = Size(80, 21)
    @Cached private(set) var rows: [KeptInteraction] = []

    public init() {}

    public func rowID(_ position: Int) -> String { "\(rows[position].row)" }
    public var detail: String { isReading ? selected?.interaction.id ?? "" : "" }

    public mutating func focus(on subject: String) {
        self = ExchangesScreen()
        query = InteractionQuery(subject: subject)
        query.limit = Self.page
    }

    public mutating func fit(_ size: Size) {
        self.size = size
        table.viewport = max(1, size.height - 2 - (size.height >= 16 ? Self.detailHeight(size.height) : 0))
    }

    static func detailHeight(_ height: Int) -> Int { max(8, height / 2) }

    public func reads(_ world: World) -> [InteractionQuery] { [query] }

    public mutating func reorder(_ world: World) {
        let filter = RowFilter(filter)
        let chosen = (world.exchanges[query] ?? []).filter { kept in
            guard show.shows(kept) else { return false }
            guard !filter.isEmpty else { return true }
            let exchange = kept.interaction
            let found = kept.findings.map { "\($0.finding.detector)/\($0.finding.kind)" }.joined(separator: " ")
            return filter.matches(
                exchange.prompt, exchange.response ?? "", exchange.model?.description ?? exchange.servedModel ?? "",
                exchange.client ?? "", exchange.id, found)
        }
        rows =
            table.sortColumn == nil
            ? (table.isDescending ? chosen.reversed() : chosen)
            : Self.exchangeTable(world).order(chosen, table).map { chosen[$0] }
        settleSelection()
        settleFinding()
    }

    var selectedFinding: KeptFinding? {
        guard let selected, selected.row == findingOf, selected.findings.indices.contains(finding) else {
            return selected?.findings.first
        }
        return selected.findings[finding]
    }
    /// Which of the selected exchange's findings is selected.
    var findingIndex: Int { selected?.row == findingOf ? finding : 0 }
    /// Lines scrolled away: none of another exchange than the one that was scrolled.
    var scrolled: Int { selected?.row == findingOf ? scroll : 0 }

    private mutating func settleFinding() {
        guard selected?.row != findingOf else { return }
        (findingOf, finding, scroll) = (selected?.row ?? 0, 0, 0)
    }

    // MARK: commands

    private static func needsFinding(_ screen: Self, _ world: World) -> Availability {
        screen.selectedFinding == nil ? .refused(because: "nothing was found in this exchange") : .available
    }

    private mutating func page(_ by: Int) -> [Effect] {
        guard isReading else { return move { $0.page(Double(by), count: $1, id: $2) } }
        settleFinding()
        scroll = max(0, min(scroll + by * max(1, size.height - 4), lineCount(width: size.width)))
        return []
    }

    private static let pageDown = Command<Self>(
        "page-down", "pgdn", "ctrl-d", "space", title: "page down",
        help: "Move down by a page; while reading, scroll the text."
    ) { screen, _ in screen.page(1) }
    private static let pageUp = Command<Self>(
        "page-up", "pgup", "ctrl-u", "b", title: "page up", help: "Move up by a page; while reading, scroll the text."
    ) { screen, _ in screen.page(-1) }

    private static let read = Command<Self>(
        "read", "enter", "z", title: "read", help: "Read the exchange on the whole screen, or go back to the list.",
        hint: 8, availability: needsRow
    ) { screen, _ in
        screen.isReading.toggle()
        screen.settleFinding()
        screen.scroll = 0
        return []
    }

    private static let nextFinding = Command<Self>(
        "next-finding", "tab", "n", title: "next finding", help: "Select the next finding of the exchange.", hint: 6,
        availability: needsFinding
    ) { screen, _ in screen.step(1) }
    private static let previousFinding = Command<Self>(
        "previous-finding", "shift-tab", "p", title: "finding before", help: "Select the finding before.",
        availability: needsFinding
    ) { screen, _ in screen.step(-1) }

    private mutating func step(_ by: Int) -> [Effect] {
        settleFinding()
        let count = max(1, selected?.findings.count ?? 1)
        finding = (finding + by + count) % count
        if isReading { scroll = line(of: finding, width: size.width) ?? scroll }
        return []
    }

    private static let right = Command<Self>(
        "right", "t", title: "true", help: "Say that the selected finding is right, and go to the next one.", hint: 7,
        isMutating: true, availability: needsFinding
    ) { screen, _ in screen.label(true) }
    private static let wrong = Command<Self>(
        "wrong", "f", title: "false", help: "Say that the selected finding is wrong, and go to the next one.", hint: 7,
        isMutating: true, availability: needsFinding
    ) { screen, _ in screen.label(false) }
    private static let unlabel = Command<Self>(
        "unlabel", "u", title: "unlabel", help: "Take back what was said of the selected finding.", isMutating: true,
        availability: { screen, _ in
            screen.selectedFinding?.label == nil
                ? .refused(because: "nobody has labelled this finding") : .available
        }
    ) { screen, _ in screen.label(nil) }

    /// Labels the selected finding, and goes to the next one: of this exchange, or of the next that has some.
    private mutating func label(_ isTrue: Bool?) -> [Effect] {
        guard let kept = selected, let found = selectedFinding else { return [] }
        guard found.finding.kind != Finding.notChecked else {
            return [.toast(Notice(.warn, "that tells of no finding: the detector could not look"))]
        }
        let effect = Effect.label(FindingKey(found.finding, in: kept.interaction), isTrue: isTrue)
        settleFinding()
        guard isTrue != nil else { return [effect] }
        if finding + 1 < kept.findings.count {
            _ = step(1)
        } else if let next = rows[(table.selected + 1)...].firstIndex(where: { !$0.findings.isEmpty }) {
            _ = move { $0.select(next, count: $1, id: $2) }
            settleFinding()
        }
        return [effect]
    }

    private static let show = Command<Self>(
        "show", "v", title: "show", help: "Show all exchanges, those with findings, or those to be labelled.", hint: 5
    ) { screen, world in
        let all = Show.allCases
        screen.show = all[((all.firstIndex(of: screen.show) ?? 0) + 1) % all.count]
        screen.reorder(world)
        return [.toast(Notice(.ok, screen.show.words))]
    }

    private static let detector = Command<Self>(
        "detector", "d", title: "detector", help: "Read only what the next detector found, round again to all.", hint: 4
    ) { screen, world in
        let names = Array(Set(world.snapshot.findings.map(\.detector))).sorted()
        guard !names.isEmpty else { return [.toast(Notice(.notice, "no detector has found anything"))] }
        let now = screen.query.finding.flatMap { names.firstIndex(of: $0) }
        let next = now.map { $0 + 1 } ?? 0
        screen.query.finding = next < names.count ? names[next] : nil
        screen.query.before = nil
        screen.reorder(world)
        return [.toast(Notice(.ok, screen.query.finding ?? "all exchanges"))]
    }

    private static let older = Command<Self>(
        "older", "o", title: "older", help: "Read the exchanges before these.",
        availability: { screen, _ in
            screen.rows.isEmpty ? .refused(because: "there are none before") : .available
        }
    ) { screen, world in
        guard let last = (world.exchanges[screen.query] ?? []).last else { return [] }
        screen.query.before = last.row
        screen.hasChosen = false
        screen.reorder(world)
        return []
    }

    private static let newest = Command<Self>(
        "newest", "i", title: "newest", help: "Read the newest exchanges again.",
        availability: { screen, _ in
            screen.query.before == nil ? .refused(because: "these are the newest") : .available
        }
    ) { screen, world in
        screen.query.before = nil
        screen.hasChosen = false
        screen.reorder(world)
        return []
    }

    private static let everything = Command<Self>(
        "everything", "x", title: "everything", help: "Read exchanges of all models again, without a condition.",
        availability: { screen, _ in
            screen.query == InteractionQuery(limit: page) ? .refused(because: "nothing is left out") : .available
        }
    ) { screen, world in
        screen.query = InteractionQuery(limit: page)
        screen.show = .all
        screen.reorder(world)
        return []
    }

    private static let model = Command<Self>(
        "model", "m", title: "model", help: "Open the model.", hint: 3,
        availability: { screen, _ in
            screen.selected?.interaction.model == nil
                ? .refused(because: "no configured model is named for it") : .available
        }
    ) { screen, _ in
        screen.selected?.interaction.model.map { [.open(screen: "model", subject: $0.description)] } ?? []
    }

    private static let copy = Command<Self>(
        "copy", "y", title: "copy", help: "Copy the prompt and the response.", availability: needsRow
    ) { screen, _ in
        screen.selected.map { [.copy("\($0.interaction.prompt)\n\n\($0.interaction.response ?? "")")] } ?? []
    }
}
