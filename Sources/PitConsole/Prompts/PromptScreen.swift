public import PitGrid
public import PitModel

/// One prompt: its versions, and beside or below them what the selected one says, what it changed, or where the aliases
/// pointed.
public struct PromptScreen: RowScreen {
    public static let about = ScreenInfo(
        id: "prompt", title: "Prompt", key: nil, summary: "one prompt's text, versions, and its aliases' past.")
    public static let sortColumns = ["version", "at", "by"]
    static let rowNoun = "version"
    public static let commands: [Command<Self>] =
        navigation + [diff, mark, history, edit, alias, deleteAlias, attempt, stop, scrollDown, scrollUp, copy]

    /// What stands beside the versions.
    enum Pane: String, Codable, Equatable { case text, diff, history, trial }

    public var table = TableState()
    public var filter = ""
    public var hasChosen = false
    var subject: String?
    var pane = Pane.text
    /// The version that others are held against; nil: the one before each.
    var marked: Int?
    var scroll = TextViewState()
    /// What was not kept before and is being gone on with.
    var resumed: String?
    private var size = Size(80, 21)
    @Cached var rows: [PromptVersion] = []

    public init() {}

    public var detail: String { query?.name ?? "" }
    public mutating func focus(on subject: String) {
        guard self.subject != subject else { return }
        let size = size
        self = Self()
        (self.subject, self.size) = (subject, size)
    }
    public func rowID(_ position: Int) -> String { "\(rows[position].number)" }
    public mutating func fit(_ size: Size) {
        self.size = size
        table.viewport = max(1, (Self.isWide(size) ? size.height : Self.listHeight(size)) - 3)
    }

    /// `SOURCE/NAME`; names have no slash.
    var query: PromptQuery? {
        guard let subject, let slash = subject.lastIndex(of: "/") else { return nil }
        return PromptQuery(
            source: ConnectionName(String(subject[..<slash])), name: String(subject[subject.index(after: slash)...]))
    }
    public func asksPrompts(_ world: World) -> PromptQuery? { query }
    func page(_ world: World) -> PromptPage? { query.flatMap { world.prompts[$0] } }
    func prompt(_ world: World) -> Prompt? {
        page(world)?.prompts.first ?? world.prompts[PromptQuery()]?.prompts.first { $0.id == subject }
    }

    public mutating func reorder(_ world: World) {
        let filter = RowFilter(filter)
        let chosen = (page(world)?.versions ?? []).filter { version in
            filter.isEmpty
                || filter.matches("\(version.number)", version.message, version.author ?? "", version.body.written)
        }
        rows = table.sortColumn == nil ? chosen : Self.table(world, self).order(chosen, table).map { chosen[$0] }
        settleSelection()
    }

    /// What the selected version is held against.
    func other(_ world: World) -> PromptVersion? {
        guard let selected else { return nil }
        let all = page(world)?.versions ?? []
        if let marked, marked != selected.number { return all.first { $0.number == marked } }
        return all.first { $0.number < selected.number }
    }

    public mutating func close() -> Bool {
        guard pane != .text else { return false }
        (pane, scroll) = (.text, TextViewState())
        return true
    }

    mutating func show(_ pane: Pane) {
        self.pane = self.pane == pane ? .text : pane
        scroll = TextViewState()
    }

    // MARK: Where things stand

    static func isWide(_ size: Size) -> Bool { size.width >= 120 }
    static func listHeight(_ size: Size) -> Int { min(9, max(5, size.height / 3)) }

    static func areas(_ area: Rect) -> (head: Rect, list: Rect, pane: Rect) {
        let (head, rest) = area.splitTop(1)
        if isWide(area.size) {
            let (left, right) = rest.splitLeft(min(76, rest.width * 2 / 5))
            return (head, left, right)
        }
        let (top, bottom) = rest.splitTop(listHeight(area.size) - 1)
        return (head, top, bottom)
    }

    func paneSize() -> Size {
        let pane = Self.areas(Rect(0, 0, size.width, size.height)).pane
        return Size(max(1, pane.width - 2), max(1, pane.height - 1))
    }
}
