public import PitGrid
public import PitModel

/// A version of a model: what policies require and what is missing, its dossier, and the keys to decide.
public struct VersionScreen: ScrolledScreen {
    public static let about = ScreenInfo(
        id: "version", title: "Version", key: nil,
        summary: "a model version's review: what is required, what is known, who decided.")
    public static let commands: [Command<Self>] =
        scrolling + [
            top, end, approve, reject, changes, waive, retire, copy,
        ]

    private var version: ModelVersionID?
    var scroll = 0
    private var size = Size(80, 21)

    public init() {}

    public var detail: String { version?.path ?? "" }
    public mutating func focus(on subject: String) {
        let named = ModelVersionID(subject)
        if named != version { (version, scroll) = (named, 0) }
    }
    public mutating func fit(_ size: Size) { self.size = size }
    public mutating func settle(on world: World) {}
    public func reviews(_ world: World) -> ModelVersionID? { version }

    private func page(_ world: World) -> ReviewPage? { version.flatMap { world.reviews[$0] } }

    public mutating func answer(_ question: String, _ values: [String: String], _ world: World) -> [Effect] {
        ReviewQuestion.answer(question, values, version)
    }

    // MARK: layout

    /// Requirements and the dossier: beside each other where there is room, else beneath.
    private struct Layout {
        let head: Rect
        let requirements: Rect
        let dossier: Rect
        init(in area: Rect, rows: Int) {
            let (head, rest) = area.splitTop(1)
            self.head = head
            if area.width >= 150 {
                let (left, right) = rest.splitLeft(area.width * 2 / 5)
                (requirements, dossier) = (left, right.inset(x: 1, y: 0))
            } else {
                let (above, below) = rest.splitTop(min(rows, max(4, rest.height / 2)))
                (requirements, dossier) = (above, below)
            }
        }
    }

    private struct Row {
        var text: String
        var role: Role
        var isHead = false
    }

    private static func rows(_ dossier: Dossier, width: Int) -> [Row] {
        guard !dossier.policies.isEmpty else {
            return [
                Row(text: " No policy is for this model: nothing is required.", role: .dim),
                Row(text: " Policies stand under `governance` in the configuration.", role: .dim),
            ]
        }
        return dossier.policies.flatMap { result -> [Row] in
            let verdict = result.holds ? "fulfilled" : "\(result.missing.count) missing"
            let head = Row(
                text: " \(result.policy.name), before \(result.policy.alias) may move: \(verdict)",
                role: result.holds ? .ok : .fail, isHead: true)
            let name = result.results.map(\.name.count).max() ?? 0
            return [head]
                + result.results.flatMap { each -> [Row] in
                    let mark = word(each.outcome)
                    let start = " \(mark)\(pad(8 - mark.count))\(each.name)\(pad(min(20, name) + 1 - each.name.count))"
                    let room = max(10, width - start.count - 1)
                    let lines = SafeText(each.words).wrapped(to: room).prefix(3).map(\.description)
                    return lines.enumerated().map { place, line in
                        Row(text: (place == 0 ? start : pad(start.count)) + line, role: role(each.outcome))
                    }
                }
        }
    }

    /// Who decided what, the latest first: beside the dossier there is room for it.
    private static func decisions(_ dossier: Dossier, width: Int) -> [Row] {
        let lines = dossier.decisions.reversed().flatMap { fact in
            SafeText("\(fact.at.rfc3339.prefix(10)) \(fact.words)").wrapped(to: max(10, width - 4)).prefix(3)
                .enumerated().map { Row(text: ($0 == 0 ? " " : "   ") + $1.description, role: .text) }
        }
        let none = Row(text: " Nobody has decided anything about it.", role: .dim)
        return [Row(text: "", role: .dim), Row(text: " Decisions", role: .title, isHead: true)]
            + (lines.isEmpty ? [none] : lines)
    }

    private static func pad(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
    private static func word(_ outcome: RequirementResult.Outcome) -> String { outcome.rawValue }
    private static func role(_ outcome: RequirementResult.Outcome) -> Role {
        switch outcome {
        case .met: .ok
        case .waived: .notice
        case .unknown: .warn
        case .missing: .fail
        }
    }

    private func layout(_ area: Rect, _ page: ReviewPage?) -> (Layout, [Row]) {
        let width = area.width >= 150 ? area.width * 2 / 5 : area.width
        var rows = page?.dossier.map { Self.rows($0, width: width) } ?? []
        if area.width >= 150, let dossier = page?.dossier { rows += Self.decisions(dossier, width: width) }
        return (Layout(in: area, rows: rows.count + 1), rows)
    }

    /// The dossier without what stands above or beside it already.
    private func lines(_ page: ReviewPage, width: Int) -> [[Segment]] {
        guard let dossier = page.dossier else { return [] }
        var text = dossier.text
        let isWide = size.width >= 150
        text.sections.removeAll { $0.title == "Verdict" || isWide && $0.title == "Decisions" }
        let body = text.markdown.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(4)
        return TextFolding.lines(
            body.joined(separator: "\n"), [], .rendered, ink: Ink(), width: max(1, width), limit: 4000
        ).map(\.segments)
    }

    public func draw(_ world: World, in area: Rect, on frame: inout Frame) {
        frame.cursor = Point(area.x, area.y)
        guard let version else {
            return say("No version was opened: V on a model or on a deployment that is an alias.", "", area, &frame)
        }
        guard let page = page(world) else {
            let words = world.isLive ? "Reading \(version.path)..." : "Versions are shown as they are now."
            return say(words, world.isLive ? "" : "Press L to go live.", area, &frame)
        }
        if let fault = page.fault { return say(fault, page.hint, area, &frame) }
        let (layout, rows) = layout(area, page)
        drawHead(page, world, in: layout.head, on: &frame)
        for (y, row) in rows.prefix(layout.requirements.height).enumerated() {
            let isCut = y == layout.requirements.height - 1 && rows.count > layout.requirements.height
            frame.text(
                SafeText(isCut ? " and more: pitwall review show tells all" : row.text),
                in: layout.requirements.row(y), ink: Ink(isCut ? .dim : row.role, strong: row.isHead))
        }
        let lines = lines(page, width: layout.dossier.width - 2)
        let start = min(scroll, max(0, lines.count - layout.dossier.height))
        for (y, line) in lines.dropFirst(start).prefix(layout.dossier.height).enumerated() {
            frame.write(line, in: layout.dossier.row(y).inset(x: 1, y: 0))
        }
    }

    private func drawHead(_ page: ReviewPage, _ world: World, in area: Rect, on frame: inout Frame) {
        guard let dossier = page.dossier else { return }
        var segments: [Segment] = []
        switch dossier.fulfilsPolicies {
        case true?: segments.append(Segment(" may be promoted", .ok, strong: true))
        case false?: segments.append(Segment(" a promotion would be refused", .fail, strong: true))
        case nil: segments.append(Segment(" nothing is required", .dim))
        }
        if page.untold > 0 {
            segments.append(Segment(SafeText("   \(dossier.registry) was not told of \(page.untold) yet"), .warn))
        }
        segments.append(Segment(SafeText("   read \(world.clock(dossier.at))"), .dim))
        frame.write(segments, in: area)
    }

    private func say(_ words: String, _ hint: String, _ area: Rect, _ frame: inout Frame) {
        frame.text(SafeText(words), in: area.row(area.height / 3), align: .center, ink: Ink(.dim))
        frame.text(SafeText(hint), in: area.row(area.height / 3 + 1), align: .center, ink: Ink(.dim))
    }

    // MARK: commands

    mutating func scroll(by rows: Int, _ world: World) {
        guard let page = page(world) else { return }
        let area = layout(Rect(0, 0, size.width, size.height), page).0.dossier
        let most = max(0, lines(page, width: area.width - 2).count - area.height)
        scroll = max(0, min(min(scroll, most) + rows, most))
    }

    var page: Int { max(1, size.height / 2) }
    private static let top = Command<Self>("top", "g g", "home", title: "top", help: "Go to the beginning.") {
        screen, world in
        screen.scroll(by: -100_000, world)
        return []
    }
    private static let end = Command<Self>("end", "G", "end", title: "end", help: "Go to the end.") {
        screen, world in
        screen.scroll(by: 100_000, world)
        return []
    }

    private static func needsPage(_ screen: Self, _ world: World) -> Availability {
        screen.page(world)?.dossier == nil ? .refused(because: "the version is not read") : .available
    }

    private static func decision(
        _ id: String, _ key: Key, _ kind: ReviewFact.Kind, title: String, help: String, hint: Int
    ) -> Command<Self> {
        Command(id, key, title: title, help: help, hint: hint, isMutating: true, availability: needsPage) {
            screen, world in
            screen.version.map { [ReviewQuestion.ask(kind, $0, screen.page(world))] } ?? []
        }
    }
    private static let approve = decision(
        "approve", "a", .approve, title: "approve", help: "Agree that an alias may move to it.", hint: 9)
    private static let reject = decision(
        "reject", "x", .reject, title: "reject", help: "Decide against it; it holds until you say otherwise.", hint: 8)
    private static let changes = decision(
        "request-changes", "c", .requestChanges, title: "ask for changes",
        help: "Ask for something first; it holds until you say otherwise.", hint: 7)
    private static let waive = Command<Self>(
        "waive", "w", title: "waive", help: "Let a requirement that is missing be, until a day.", hint: 6,
        isMutating: true,
        availability: { screen, world in
            if case .refused(let why) = needsPage(screen, world) { return .refused(because: why) }
            return ReviewQuestion.openRequirements(screen.page(world)).isEmpty
                ? .refused(because: "no requirement is missing") : .available
        }
    ) { screen, world in screen.version.map { [ReviewQuestion.ask(.waive, $0, screen.page(world))] } ?? [] }
    private static let retire = Command<Self>(
        "retire", "X", title: "retire", help: "Retire it, or take its retirement back.", isMutating: true,
        availability: needsPage
    ) { screen, world in
        let last = screen.page(world)?.dossier?.decisions.last { $0.kind == .retire || $0.kind == .reinstate }
        let kind: ReviewFact.Kind = last?.kind == .retire ? .reinstate : .retire
        return screen.version.map { [ReviewQuestion.ask(kind, $0, screen.page(world))] } ?? []
    }
    private static let copy = Command<Self>(
        "copy", "y", title: "copy", help: "Copy the dossier as Markdown; pitwall report writes it to a file.", hint: 4,
        availability: needsPage
    ) { screen, world in (screen.page(world)?.dossier).map { [.copy($0.text.markdown)] } ?? [] }
}
