public import PitGrid
import PitModel

/// Who did what, when, to what and why: the newest lines of the trail, and whether its chain holds.
public struct AuditScreen: WholeRowScreen {
    public static let about = ScreenInfo(
        id: "audit", title: "Audit", key: "0", summary: "who did what, when, why, and what came of it.")
    public static let sortColumns = ["sequence", "author", "what", "subject"]
    public static let commands: [Command<Self>] =
        navigation + [
            readOn, readBack, open(help: "Show the entry whole, or the list again."), jump, operations, copy,
        ]

    public var table = TableState()
    public var filter = ""
    public var hasChosen = false
    /// Whether one is shown whole.
    public var isOpen = false
    /// Where the one is scrolled to.
    public var scroll = TextViewState()
    private var size = Size(80, 21)
    @Cached var rows: [AuditEntry] = []

    public init() {}

    public static let rowNoun = "entry"
    public var readingRoom: Size { Size(size.width - 2, size.height - 3) }
    public func whole(_ world: World) -> [[Segment]]? { selected.map { Self.whole($0, world) } }

    public var detail: String { isOpen ? selected.map { "entry \($0.sequence)" } ?? "" : "" }
    public func rowID(_ position: Int) -> String { "\(rows[position].sequence)" }
    static var columnIDs: [String] { auditTable().columns.map(\.id) }

    public mutating func focus(on subject: String) { filter = subject }
    public mutating func fit(_ size: Size) {
        self.size = size
        table.viewport = max(1, size.height - 2)
    }

    public mutating func reorder(_ world: World) {
        let filter = RowFilter(filter)
        let chosen = world.snapshot.audit.reversed().filter {
            filter.isEmpty || filter.matches($0.author, $0.identity, $0.what, $0.subject, $0.detail)
        }
        rows = table.sortColumn == nil ? chosen : Self.auditTable(world).order(chosen, table).map { chosen[$0] }
        if table.sortColumn == nil, table.isDescending { rows.reverse() }
        settleSelection()
    }

    private static let jump = Command<Self>(
        "jump", "o", title: "what it is about",
        help: "Open the operation, the alert, the deployment or the version that it is about.",
        hint: 6,
        availability: { screen, world in
            guard let entry = screen.selected else { return .refused(because: "no entry is selected") }
            return subject(of: entry, world) == nil
                ? .refused(because: "what it is about is not shown any more") : .available
        }
    ) { screen, world in
        screen.selected.flatMap { subject(of: $0, world) }.map { [$0] } ?? []
    }

    private static func subject(of entry: AuditEntry, _ world: World) -> Effect? {
        if world.snapshot.operations.contains(where: { $0.operation.id == entry.subject }) {
            return .open(screen: OperationsScreen.about.id, subject: entry.subject)
        }
        if let alert = world.snapshot.alerts.first(where: { $0.id == entry.subject }) {
            return .open(screen: AlertsScreen.about.id, subject: alert.alert.name)
        }
        if let state = world.deployment(named: entry.subject) {
            return .open(screen: DeploymentScreen.about.id, subject: state.id.description)
        }
        if entry.what.hasPrefix("review: "), let version = ModelVersionID(entry.subject) {
            return .open(screen: VersionScreen.about.id, subject: version.description)
        }
        return nil
    }

    private static let operations = Command<Self>(
        "operations", "J", title: "operations", help: "List what was asked of servers, open and past.", hint: 5
    ) { _, _ in [.open(screen: OperationsScreen.about.id)] }

    private static let copy = Command<Self>(
        "copy", "y", title: "copy", help: "Copy the entry as text.", availability: needsRow
    ) { screen, _ in
        screen.selected.map { entry in
            let author = entry.identity.isEmpty ? entry.author : "\(entry.author) (\(entry.identity))"
            return [
                .copy(
                    "\(entry.sequence) \(entry.at.rfc3339) \(author) \(entry.what) \(entry.subject) \(entry.detail) \(entry.hash)"
                )
            ]
        } ?? []
    }

    // MARK: drawing

    public func draw(_ world: World, in area: Rect, on frame: inout Frame) {
        let (head, rest) = area.splitTop(1)
        var segments = [Segment(" ")] + Self.chain(world.snapshot.auditChain, frame.glyphs)
        segments.append(Segment(SafeText("   \(rows.count) of the newest \(world.snapshot.audit.count)"), .dim))
        if !filter.isEmpty { segments.append(Segment(SafeText("   filter: \(filter)"), .notice)) }
        frame.write(segments, in: head)
        if isOpen, let selected {
            TextView(Self.whole(selected, world)).draw(scroll, in: rest.inset(x: 1, y: 1), on: &frame)
            return
        }
        var table = Self.auditTable(world)
        table.isWide = area.width >= 150
        if world.snapshot.audit.isEmpty {
            table.emptyText = [
                "Nobody has done anything yet.",
                "Acknowledgements, silences, operations, exports: all is written down here.",
            ]
        } else if rows.isEmpty {
            table.emptyText = ["No entry matches `\(filter)`.", "Esc takes the filter away."]
        }
        table.draw(rows, state: self.table, in: rest, on: &frame)
    }

    private static func chain(_ chain: AuditChain?, _ glyphs: Glyphs) -> [Segment] {
        switch chain {
        case nil: [Segment("the chain was not checked yet", .dim)]
        case .whole(let entries):
            [
                Segment(glyphs == .unicode ? "● " : "+ ", .ok),
                Segment(SafeText("chain verified: \(entries) entries"), .ok),
            ]
        case .broken(let sequence, let why):
            [
                Segment(glyphs == .unicode ? "✗ " : "X ", .fail, strong: true),
                Segment(SafeText("CHAIN BROKEN at entry \(sequence): \(why)"), .fail, strong: true),
                Segment("   `pitwall audit verify` tells more", .dim),
            ]
        }
    }

    private static func whole(_ entry: AuditEntry, _ world: World) -> [[Segment]] {
        var lines: [[Segment]] = [[Segment(SafeText("Entry \(entry.sequence): \(entry.what)"), .title, strong: true)]]
        func row(_ name: String, _ text: String) {
            let label = name + String(repeating: " ", count: max(1, 12 - name.count))
            lines.append([Segment(SafeText(label), .dim), Segment(SafeText(text.isEmpty ? Figures.missing : text))])
        }
        row("when", when(entry, world))
        row("who", entry.author)
        row("known as", entry.identity)
        row("subject", entry.subject)
        row("detail", entry.detail)
        row("SHA-256", entry.hash)
        if case .broken(let at, let why) = world.snapshot.auditChain, at == entry.sequence {
            lines += [[], [Segment(SafeText("The chain breaks here: \(why)"), .fail, strong: true)]]
        }
        return lines
    }

    private static func when(_ entry: AuditEntry, _ world: World) -> String {
        "\(Figures.day(entry.at.seconds, utcOffset: world.settings.utcOffset)) \(world.clock(entry.at))"
    }

    static func auditTable(_ world: World? = nil) -> Table<AuditEntry> {
        let broken: Int64? = if case .broken(let at, _) = world?.snapshot.auditChain { at } else { nil }
        return Table(
            [
                TableColumn(
                    "sequence", "NO", width: .range(4, 8), align: .right, priority: 60,
                    sortKey: { .number(Double($0.sequence)) }
                ) { TableCell("\(Int($0.sequence))", $0.sequence == broken ? .fail : .dim) },
                TableColumn("at", "WHEN", width: .fixed(19), priority: 85) { entry in
                    TableCell(SafeText(world.map { when(entry, $0) } ?? ""), .dim)
                },
                TableColumn("author", "WHO", width: .range(6, 16), priority: 90, sortKey: { .text($0.author) }) {
                    TableCell(SafeText($0.author))
                },
                TableColumn("what", "WHAT", width: .range(12, 24), priority: 100, sortKey: { .text($0.what) }) {
                    TableCell(SafeText($0.what), Ink(strong: true))
                },
                TableColumn(
                    "subject", "ON", width: .flex(min: 12, weight: 2), priority: 80, sortKey: { .text($0.subject) }
                ) { entry in
                    TableCell(SafeText(world.map { named(entry, $0) } ?? entry.subject))
                },
                TableColumn("detail", "DETAIL", width: .flex(min: 12, weight: 3), priority: 70) {
                    TableCell(SafeText($0.detail), .dim)
                },
                TableColumn("identity", "KNOWN AS", width: .range(8, 30), priority: 30, isWide: true) {
                    TableCell(SafeText($0.identity.isEmpty ? Figures.missing : $0.identity), .dim)
                },
                TableColumn("hash", "SHA-256", width: .fixed(10), priority: 20, isWide: true) {
                    TableCell(SafeText(String($0.hash.prefix(10))), .dim)
                },
            ],
            prefix: "audit", identity: { "\($0.sequence)" }, name: { "\($0.sequence)" },
            isDimmed: nil)
    }

    /// A fingerprint and an operation's id as what they stand for, where that is known.
    private static func named(_ entry: AuditEntry, _ world: World) -> String {
        if let operation = world.snapshot.operations.last(where: { $0.operation.id == entry.subject }) {
            return OperationWords.title(operation)
        }
        return world.snapshot.alerts.prefix(5000).first { $0.id == entry.subject }?.alert.name ?? entry.subject
    }
}
