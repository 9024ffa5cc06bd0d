public import PitGrid
import PitModel

/// What was asked of servers: what is open first, then the past, the newest first.
public struct OperationsScreen: WholeRowScreen {
    public static let about = ScreenInfo(
        id: "operations", title: "Operations", key: nil, summary: "what was asked for, how far it is, what came of it.")
    public static let sortColumns = ["at", "operation", "subject", "author", "stage"]
    public static let commands: [Command<Self>] =
        navigation + [
            readOn, readBack, open(help: "Show the operation whole with its receipt, or the list again."),
            show, resume, abandon, approve, deployment, copy,
        ]

    public var table = TableState()
    public var filter = ""
    public var hasChosen = false
    var onlyOpen = false
    /// Whether one is shown whole.
    public var isOpen = false
    /// Where the one is scrolled to.
    public var scroll = TextViewState()
    private var size = Size(80, 21)
    @Cached var rows: [JournalEntry] = []

    public init() {}

    public static let rowNoun = "operation"
    public var readingRoom: Size { Size(size.width - 2, size.height) }
    public func whole(_ world: World) -> [[Segment]]? { selected.map { OperationWords.whole($0, world) } }

    public var detail: String { isOpen ? selected.map { OperationWords.title($0) } ?? "" : "" }
    public func rowID(_ position: Int) -> String { rows[position].operation.id }
    static var columnIDs: [String] { operationTable().columns.map(\.id) }

    /// A deployment's path, or an operation's id: that one is opened.
    public mutating func focus(on subject: String) {
        (filter, isOpen) = (subject, subject.count == 36 && !subject.contains("/"))
        hasChosen = false
    }

    public mutating func fit(_ size: Size) {
        self.size = size
        table.viewport = max(1, size.height - 2)
    }

    public mutating func reorder(_ world: World) {
        let filter = RowFilter(filter)
        let chosen = world.snapshot.operations.reversed().filter { entry in
            (!onlyOpen || !entry.stage.isFinal)
                && (filter.isEmpty
                    || filter.matches(
                        entry.operation.id, OperationWords.title(entry), entry.operation.author, entry.operation.reason,
                        entry.stage.rawValue))
        }
        if table.sortColumn == nil {
            rows = chosen.filter { !$0.stage.isFinal } + chosen.filter(\.stage.isFinal)
            if table.isDescending { rows.reverse() }
        } else {
            rows = Self.operationTable(world).order(chosen, table).map { chosen[$0] }
        }
        settleSelection()
    }

    public func inspects(_ world: World) -> [DeploymentQuery] {
        guard isOpen, let selected, selected.operation.request.plan != nil else { return [] }
        return [.receipt(operation: selected.operation.id)]
    }

    // MARK: commands

    private static let show = Command<Self>(
        "show", "v", title: "open ones", help: "Show only what is not settled, or all again.", hint: 4
    ) { screen, world in
        screen.onlyOpen.toggle()
        screen.reorder(world)
        return []
    }

    private static func unsettled(
        _ screen: Self, _ isMeant: (JournalEntry.Stage) -> Bool, _ otherwise: String
    ) -> Availability {
        guard let entry = screen.selected else { return .refused(because: "no operation is selected") }
        guard entry.operation.request.plan != nil else {
            return .refused(because: "it is settled by what is seen of the silence, not by hand")
        }
        guard !entry.stage.isFinal else { return .refused(because: "it is settled: \(entry.stage.rawValue)") }
        return isMeant(entry.stage) ? .available : .refused(because: otherwise)
    }

    private static let resume = Command<Self>(
        "resume", "u", title: "finish", hint: 6, isMutating: true,
        body: "Finish what was broken off: the server is asked first, and only what was not done is sent.",
        availability: { screen, _ in
            unsettled(
                screen, { $0 == .halted || $0 == .sent || $0 == .recorded || $0 == .approved },
                "it goes on by itself: nothing is to be finished")
        },
        asks: { entry in
            Question(
                "resume", title: "Finish \(OperationWords.title(entry))?",
                body: [
                    "The server is asked whether it was done. Only if it was not, it is sent now, once.",
                    "It was asked for by \(entry.operation.author): \(entry.operation.reason)",
                ], verb: "Finish")
        })

    private static let abandon = Command<Self>(
        "abandon", "X", title: "abandon", hint: 3, isMutating: true,
        body: "Give up an operation that is not settled. What the server has done already stays.",
        availability: { screen, _ in unsettled(screen, { _ in true }, "") },
        asks: { entry in
            Question(
                "abandon", title: "Abandon \(OperationWords.title(entry))?",
                body: [
                    "Nothing more is sent, and the deployment is free for others. What the server has done or is doing",
                    "is not undone by this. It cannot be taken back; plan it anew instead.",
                ], verb: "Abandon")
        })

    private static let approve = Command<Self>(
        "approve", "A", title: "approve", hint: 5, isMutating: true,
        body: "Approve somebody else's operation: then it is sent.",
        availability: { screen, world in
            let answer = unsettled(screen, { $0 == .awaiting }, "it waits for nobody's approval")
            guard answer == .available, screen.selected?.operation.author == world.settings.author else {
                return answer
            }
            return .refused(because: "you asked for it yourself: a second person approves")
        },
        asks: { entry in
            Question(
                "approve", title: "Approve \(OperationWords.title(entry))?",
                body: [
                    "It was asked for by \(entry.operation.author): \(entry.operation.reason)",
                    "It is sent as soon as enough people approve.",
                ],
                verb: "Approve")
        })

    private static let deployment = Command<Self>(
        "deployment", "o", title: "deployment", help: "Open the deployment that it is about.", hint: 4,
        availability: { screen, _ in
            screen.selected?.operation.request.plan == nil
                ? .refused(because: "it is about no deployment") : .available
        }
    ) { screen, _ in
        screen.selected?.operation.request.plan.map {
            [.open(screen: DeploymentScreen.about.id, subject: $0.before.id.description)]
        } ?? []
    }

    private static let copy = Command<Self>(
        "copy", "y", title: "copy", help: "Copy the operation's id.", availability: needsRow
    ) { screen, _ in screen.selected.map { [.copy($0.operation.id)] } ?? [] }

    public mutating func answer(_ question: String, _ values: [String: String], _ world: World) -> [Effect] {
        guard let word = OperationWord(rawValue: question), let entry = selected else {
            return [.toast(Notice(.warn, "the operation is gone"))]
        }
        return [.settle(word, operation: entry.operation.id)]
    }

    // MARK: drawing

    public func draw(_ world: World, in area: Rect, on frame: inout Frame) {
        if isOpen, let selected {
            TextView(OperationWords.whole(selected, world)).draw(
                scroll, in: area.inset(x: 1, y: 0), on: &frame)
            return
        }
        let (head, rest) = area.splitTop(1)
        let open = world.snapshot.operations.count { !$0.stage.isFinal }
        let words = [
            "\(open) open", "\(rows.count) of \(world.snapshot.operations.count)", onlyOpen ? "only open ones" : nil,
            filter.isEmpty ? nil : "filter: \(filter)",
        ].compactMap { $0 }.joined(separator: "   ")
        frame.text(SafeText(" \(words)"), in: head, ink: Ink(filter.isEmpty ? .dim : .notice))
        var table = Self.operationTable(world)
        if world.snapshot.operations.isEmpty {
            table.emptyText = [
                "Nothing was asked of a server yet.",
                "What is asked for with R and the other verbs of the Deploy screen stands here, and silences.",
            ]
        } else if rows.isEmpty {
            table.emptyText = ["No operation to show.", "v shows all, Esc takes the filter away."]
        }
        table.draw(rows, state: self.table, in: rest, on: &frame)
    }

    static func operationTable(_ world: World? = nil) -> Table<JournalEntry> {
        let shown = world?.shown ?? Timestamp(milliseconds: 0)
        return Table(
            [
                TableColumn(
                    "at", "AGO", width: .fixed(4), align: .right, priority: 90,
                    sortKey: { .number($0.operation.at.seconds) }
                ) {
                    TableCell(SafeText(Figures.age(shown.since($0.operation.at))), .dim)
                },
                TableColumn(
                    "operation", "OPERATION", width: .range(10, 14), priority: 95,
                    sortKey: { .text($0.operation.request.word) }
                ) {
                    TableCell(SafeText($0.operation.request.word), Ink(strong: !$0.stage.isFinal))
                },
                TableColumn(
                    "subject", "ON", width: .flex(min: 18, weight: 2), priority: 100,
                    sortKey: { .text(OperationWords.subject($0)) }
                ) {
                    TableCell(SafeText(OperationWords.subject($0)))
                },
                TableColumn("author", "BY", width: .range(6, 16), priority: 60, sortKey: { .text($0.operation.author) })
                {
                    TableCell(SafeText($0.operation.author), .dim)
                },
                TableColumn("stage", "STAGE", width: .fixed(12), priority: 98, sortKey: { .text($0.stage.rawValue) }) {
                    TableCell(SafeText($0.stage.rawValue), Ink($0.stage.role, strong: !$0.stage.isFinal))
                },
                TableColumn("verdict", "PROOF", width: .fixed(15), priority: 80) { entry in
                    let proof = world.flatMap { OperationWords.proof(entry, $0) }
                    return TableCell(SafeText(proof?.verdict.word ?? Figures.missing), proof?.verdict.role ?? .dim)
                },
                TableColumn("reason", "WHY", width: .flex(min: 14, weight: 2), priority: 50) {
                    TableCell(SafeText($0.operation.reason), .dim)
                },
                TableColumn("detail", "WHAT THE SERVER SAID", width: .flex(min: 14, weight: 2), priority: 40) {
                    TableCell(SafeText($0.detail), .dim)
                },
            ],
            prefix: "operations", identity: { $0.operation.id }, name: { $0.operation.id })
    }
}

extension Command where S == OperationsScreen {
    /// A command that asks once, in words, before it says something of the selected operation.
    fileprivate init(
        _ id: String, _ key: Key, title: String, hint: Int, isMutating: Bool, body: String,
        availability: @escaping @Sendable (OperationsScreen, World) -> Availability,
        asks question: @escaping @Sendable (JournalEntry) -> Question
    ) {
        self.init(
            id, key, title: title, help: body, hint: hint, isMutating: isMutating, availability: availability
        ) { screen, _ in screen.selected.map { [.ask(question($0))] } ?? [] }
    }
}
