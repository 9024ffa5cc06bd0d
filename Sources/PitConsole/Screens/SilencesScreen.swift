public import PitGrid
import PitModel

/// The silences that Alertmanager holds.
public struct SilencesScreen: RowScreen {
    public static let about = ScreenInfo(
        id: "silences", title: "Silences", key: "Z", summary: "what is silenced, by whom, until when.")
    public static let sortColumns = ["state", "ends", "by", "matchers"]
    static let rowNoun = "silence"
    public static let commands: [Command<Self>] = navigation + [extend, expire, show]

    public var table = TableState()
    public var filter = ""
    public var hasChosen = false
    var showsExpired = false
    @Cached var rows: [Silence] = []

    public init() {}

    public func rowID(_ position: Int) -> String { rows[position].id }
    static var columnIDs: [String] { silenceTable(World()).columns.map(\.id) }
    public mutating func fit(_ size: Size) { table.viewport = max(1, size.height - 2) }

    public mutating func reorder(_ world: World) {
        let filter = RowFilter(filter)
        let chosen = world.snapshot.silences.filter { silence in
            (showsExpired || silence.state != .expired)
                && (filter.isEmpty || filter.matches(silence.comment, silence.createdBy, Self.matchers(silence)))
        }
        rows = table.sortColumn == nil ? chosen : Self.silenceTable(world).order(chosen, table).map { chosen[$0] }
        settleSelection()
    }

    private static func isOpen(_ screen: Self, _ world: World) -> Availability {
        guard let silence = screen.selected else { return .refused(because: "no silence is selected") }
        return silence.state == .expired ? .refused(because: "it has expired already") : .available
    }

    private static let extend = Command<Self>(
        "extend", "e", title: "extend", help: "Let the silence last longer.", hint: 7, isMutating: true,
        availability: isOpen
    ) { screen, world in
        guard let silence = screen.selected else { return [] }
        return [
            .ask(
                Question(
                    "extend", title: "Extend the silence of \(matchers(silence))",
                    body: ["It ends at \(world.clock(silence.endsAt)) now."],
                    fields: [
                        .init(
                            "duration", "By", value: "1h", placeholder: "15m, 1h, 1d",
                            choices: ["15m", "1h", "8h", "1d"], isRequired: true)
                    ],
                    verb: "Extend",
                    preview: ["POST /api/v2/silences", "{id: \(silence.id), endsAt: later, the rest as it is}"]))
        ]
    }

    private static let expire = Command<Self>(
        "expire", "X", title: "expire", help: "End the silence now: its alerts notify again.", hint: 8,
        isMutating: true, availability: isOpen
    ) { screen, _ in
        guard let silence = screen.selected else { return [] }
        return [
            .ask(
                Question(
                    "expire", title: "End the silence of \(matchers(silence))?",
                    body: [
                        "Made by \(silence.createdBy): \(silence.comment)",
                        "What it silenced notifies again at once. It cannot be revived, only made anew.",
                    ],
                    verb: "Expire", preview: ["DELETE /api/v2/silence/\(silence.id)"]))
        ]
    }

    private static let show = Command<Self>(
        "show", "v", title: "expired", help: "Show or hide expired silences.", hint: 3
    ) { screen, world in
        screen.showsExpired.toggle()
        screen.reorder(world)
        return []
    }

    public mutating func answer(_ question: String, _ values: [String: String], _ world: World) -> [Effect] {
        guard let silence = selected, let connection = silence.connection else {
            return [.toast(Notice(.warn, "the silence is gone"))]
        }
        if question == "expire" {
            return [
                .perform(
                    .expireSilence(id: silence.id), on: connection, reason: "expired from the console",
                    expecting: .silenceExpired(connection: connection, id: silence.id)),
                .toast(Notice(.notice, "asked \(connection) to end it")),
            ]
        }
        guard let seconds = Figures.seconds(from: values["duration"] ?? "") else {
            return [.toast(Notice(.warn, "By: write a time such as 15m, 2h or 1d"))]
        }
        let until = max(silence.endsAt, world.now).advanced(by: seconds)
        return [
            .perform(
                .extendSilence(silence, until: until), on: connection, reason: "extended from the console",
                expecting: .silenced(connection: connection, matchers: silence.matchers, until: until)),
            .toast(Notice(.notice, "asked \(connection) to extend it")),
        ]
    }

    static func matchers(_ silence: Silence) -> String {
        silence.matchers.map { "\($0.name)\($0.op)\($0.value)" }.joined(separator: " ")
    }

    static func silenceTable(_ world: World) -> Table<Silence> {
        let now = world.shown
        return Table(
            [
                TableColumn("state", "STATE", width: .fixed(8), priority: 90, sortKey: { .text($0.state.rawValue) }) {
                    silence in
                    TableCell(SafeText(silence.state.rawValue), silence.state == .active ? .notice : .dim)
                },
                TableColumn(
                    "ends", "LEFT", width: .fixed(7), align: .right, priority: 85,
                    sortKey: { .number($0.endsAt.seconds) }
                ) { silence in
                    TableCell(
                        SafeText(silence.state == .expired ? "--" : Figures.duration(max(0, silence.endsAt.since(now))))
                    )
                },
                TableColumn("by", "BY", width: .range(8, 16), priority: 60, sortKey: { .text($0.createdBy) }) {
                    TableCell(SafeText($0.createdBy))
                },
                TableColumn(
                    "matchers", "MATCHERS", width: .flex(min: 20, weight: 2), priority: 100,
                    sortKey: { .text(matchers($0)) }
                ) { TableCell(SafeText(matchers($0))) },
                TableColumn("comment", "WHY", width: .flex(min: 12, weight: 2), priority: 70) {
                    TableCell(SafeText($0.comment), .dim)
                },
                TableColumn("connection", "IN", width: .range(8, 16), priority: 20) {
                    TableCell(SafeText($0.connection?.description ?? "--"), .dim)
                },
            ],
            prefix: "silences", identity: { $0.id },
            emptyText: ["Nothing is silenced.", "On the Alerts screen, x silences the selected alert."])
    }

    public func draw(_ world: World, in area: Rect, on frame: inout Frame) {
        let (head, rest) = area.splitTop(1)
        let count = world.snapshot.silences.filter { $0.state == .active }.count
        frame.text(
            " \(count) active   \(showsExpired ? "expired ones too" : "expired ones hidden")\(filter.isEmpty ? "" : "   filter: \(filter)")",
            in: head, ink: Ink(.dim))
        Self.silenceTable(world).draw(rows, state: table, in: rest, on: &frame)
    }
}
