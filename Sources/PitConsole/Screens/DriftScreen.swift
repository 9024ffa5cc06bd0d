public import PitGrid
import PitModel

/// What of the traffic has changed: one row a model and feature, the drifted first.
public struct DriftScreen: RowScreen {
    public static let about = ScreenInfo(
        id: "drift", title: "Drift", key: "2", summary: "what of each model's traffic has changed.")
    public static let sortColumns = ["model", "feature", "score", "count", "verdict"]
    static let rowNoun = "feature"
    public static let commands: [Command<Self>] =
        navigation + [zoom, nextBucket, previousBucket, exchanges, show, model, changes, explain, copy]

    /// One feature of one model.
    struct Row: Equatable, Sendable {
        var model: ModelName
        var drift: FeatureDrift
        var whole: ModelDrift
        var id: String { "\(model) \(drift.id)" }
    }

    public var table = TableState()
    public var filter = ""
    public var hasChosen = false
    /// Only what has drifted.
    var onlyDrifted = false
    var isZoomed = false
    var explains = false
    /// The bucket that was chosen, and the row that it is of; nil means the one that moved most.
    var bucket: Int?
    var bucketRow = ""
    @Cached var rows: [Row] = []

    public init() {}

    public func rowID(_ position: Int) -> String { rows[position].id }
    public var detail: String { isZoomed ? selected.map { "\($0.model): \($0.drift.feature.title)" } ?? "" : "" }

    public mutating func focus(on subject: String) { filter = subject }
    public mutating func fit(_ size: Size) { table.viewport = max(1, size.height - 2) }

    public mutating func reorder(_ world: World) {
        let filter = RowFilter(filter)
        var all: [Row] = []
        for state in world.snapshot.models {
            guard let whole = state.drift else { continue }
            for drift in whole.features where !onlyDrifted || drift.verdict == .drifted {
                let texts = (state.name.description, drift.feature.title, drift.verdict.word)
                guard filter.isEmpty || filter.matches(texts.0, texts.1, texts.2) else { continue }
                all.append(Row(model: state.name, drift: drift, whole: whole))
            }
        }
        if table.sortColumn == nil {
            rows = all.sorted { $0.rank != $1.rank ? $0.rank > $1.rank : $0.id < $1.id }
            if table.isDescending { rows.reverse() }
        } else {
            rows = Self.driftTable(world).order(all, table).map { all[$0] }
        }
        settleSelection()
    }

    var drawnRows: [Row] { rows }

    private static let zoom = Command<Self>(
        "open", "enter", "z", title: "open", help: "Show one feature: both distributions, and the score over time.",
        hint: 8, availability: needsRow
    ) { screen, _ in
        screen.isZoomed.toggle()
        return []
    }

    private static let nextBucket = Command<Self>(
        "next-bucket", "l", "right", title: "next bucket", help: "Choose the next bucket of the feature.",
        availability: needsBuckets
    ) { screen, _ in
        screen.choose(1)
        return []
    }

    private static let previousBucket = Command<Self>(
        "previous-bucket", "h", "left", title: "bucket before", help: "Choose the bucket before.",
        availability: needsBuckets
    ) { screen, _ in
        screen.choose(-1)
        return []
    }

    private static let exchanges = Command<Self>(
        "exchanges", "e", title: "exchanges",
        help: "Read the exchanges in the chosen bucket, or in the one that moved most.", hint: 7,
        availability: { screen, world in
            guard let row = screen.selected else { return .refused(because: "no feature is selected") }
            return screen.drillDown(row, world).availability
        }
    ) { screen, world in
        guard let row = screen.selected, let query = screen.drillDown(row, world).query else { return [] }
        return [.open(screen: "exchanges", subject: query.subject)]
    }

    private static let show = Command<Self>(
        "only-drifted", "v", title: "drifted", help: "Show only what has drifted, or all again.", hint: 6
    ) { screen, world in
        screen.onlyDrifted.toggle()
        screen.reorder(world)
        return [.toast(Notice(.ok, screen.onlyDrifted ? "only what has drifted" : "all features"))]
    }

    private static let model = Command<Self>(
        "model", "m", title: "model", help: "Open the model.", hint: 5, availability: needsRow
    ) { screen, _ in screen.selected.map { [.open(screen: "model", subject: $0.model.description)] } ?? [] }

    private static let changes = Command<Self>(
        "alerts", "a", title: "alerts", help: "Show the model's alerts.", hint: 3, availability: needsRow
    ) { screen, _ in screen.selected.map { [.open(screen: "alerts", subject: $0.model.description)] } ?? [] }

    private static let explain = Command<Self>(
        "explain", "i", title: "what it sees", help: "Say what these comparisons can see and what they cannot.", hint: 4
    ) { screen, _ in
        screen.explains.toggle()
        return []
    }

    private static let copy = Command<Self>(
        "copy", "y", title: "copy", help: "Copy the feature's figures.", availability: needsRow
    ) { screen, _ in
        guard let row = screen.selected else { return [] }
        let drift = row.drift
        return [
            .copy(
                "\(row.model) \(drift.feature.key) \(drift.method) score=\(Figures.score(drift.score)) "
                    + "limit=\(Figures.score(drift.limit)) n_reference=\(Figures.count(drift.referenceCount)) "
                    + "n_current=\(Figures.count(drift.currentCount)) \(drift.verdict.word)")
        ]
    }

    public func draw(_ world: World, in area: Rect, on frame: inout Frame) {
        let (head, rest) = area.splitTop(1)
        frame.text(SafeText(" " + headline(world)), in: head, ink: Ink(.dim))
        var room = rest
        if explains {
            let (above, below) = rest.splitBottom(min(7, rest.height / 3))
            room = above
            drawExplanation(in: below, on: &frame)
        }
        if isZoomed, let selected {
            drawFeature(selected, world, isWhole: true, in: room, on: &frame)
            frame.cursor = Point(room.x, room.y)
            return
        }
        if room.width >= 110, selected != nil {
            let (list, panel) = room.splitLeft(room.width * 58 / 100)
            drawTable(world, in: list, on: &frame)
            if let selected {
                drawFeature(selected, world, isWhole: panel.height >= 30, in: panel.inset(x: 1, y: 0), on: &frame)
            }
        } else if room.height >= 16, let selected {
            let (list, panel) = room.splitBottom(min(10, room.height / 2))
            drawTable(world, in: list, on: &frame)
            drawFeature(selected, world, isWhole: false, in: panel, on: &frame)
        } else {
            drawTable(world, in: room, on: &frame)
        }
    }

    private func headline(_ world: World) -> String {
        let all = world.snapshot.models.compactMap(\.drift)
        let drifted = all.reduce(0) { $0 + $1.drifted }
        let judged = all.reduce(0) { $0 + $1.judged }
        let known = all.reduce(0) { $0 + $1.features.count }
        var words = "\(drifted) of \(judged) judged features drifted"
        if known > judged { words += "   \(known - judged) with too little data" }
        if let whole = selected?.whole, let current = whole.current {
            words += "   the last \(Figures.duration(current.length)) against \(whole.referenceWords)"
        }
        if !filter.isEmpty { words += "   filter: \(filter)" }
        return words + (onlyDrifted ? "   only drifted" : "")
    }

    private func drawTable(_ world: World, in area: Rect, on frame: inout Frame) {
        var table = Self.driftTable(world)
        table.isWide = area.width >= 110
        if world.snapshot.models.allSatisfy({ $0.drift == nil }) {
            table.emptyText = [
                "Nothing to compare yet.", "Drift is read from the histograms that inference servers export:",
                "it begins with two readings of a model's metrics, and needs some hundred requests.",
                "Where a connection tells of exchanges, these are compared, too.",
            ]
        } else if rows.isEmpty {
            table.emptyText =
                onlyDrifted && filter.isEmpty
                ? ["Nothing has drifted.", "v shows every feature."]
                : ["No feature matches `\(filter)`.", "Esc takes the filter away."]
        }
        table.draw(rows, state: self.table, in: area, on: &frame)
    }
}

extension DriftScreen.Row {
    /// Drifted first, by how far beyond the limit; then what is judged; then what is not known.
    var rank: Double {
        switch drift.verdict {
        case .drifted: 2e6 + (drift.excess ?? 0)
        case .same: 1e6 + (drift.excess ?? 0)
        case .notEnoughData: 0
        }
    }
}
