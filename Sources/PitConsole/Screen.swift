public import PitGrid
public import PitModel

/// One page of the console. A screen is a value: its stored properties are its whole state.
///
/// `Codable` restores sessions, `Equatable` lets tests say what changed, and because `draw` and every
/// command are pure, a screen can be driven and photographed without a terminal.
public protocol Screen: Codable, Equatable, Sendable {
    static var about: ScreenInfo { get }
    /// The one declaration of what can be done here: keys, palette, `?`, footer, mouse and docs read it.
    static var commands: [Command<Self>] { get }
    init()
    /// Turns to a thing: the model that was chosen elsewhere.
    mutating func focus(on subject: String)
    /// Settles the screen on a new world: keeps the selection on the same thing, follows the tail.
    mutating func settle(on world: World)
    /// Tells how much room there will be, before a key is handled.
    mutating func fit(_ size: Size)
    /// The histories that drawing wants.
    func wants(_ world: World) -> [HistoryQuery]
    /// The exchanges that drawing wants.
    func reads(_ world: World) -> [InteractionQuery]
    /// The pasts of alerts that drawing wants.
    func wantsAlerts(_ world: World) -> [AlertQuery]
    /// The runs of evaluations that drawing wants.
    func evaluates(_ world: World) -> EvaluationQuery?
    /// The datasets that drawing wants.
    func surveys(_ world: World) -> DatasetQuery?
    /// The model version whose review drawing wants.
    func reviews(_ world: World) -> ModelVersionID?
    /// The question to the documents that drawing wants answered.
    func looksUp(_ world: World) -> String?
    /// The runs of training that drawing wants.
    func wantsRuns(_ world: World) -> RunQuery?
    /// The runs of pipelines that drawing wants.
    func wantsPipelines(_ world: World) -> PipelineQuery?
    /// The prompts that drawing wants.
    func asksPrompts(_ world: World) -> PromptQuery?
    /// Leaves what is open inside the screen, before the screen itself is left; false when nothing is.
    mutating func close() -> Bool
    /// Sets of commands of which no two ever work at once, where a screen has modes.
    static var modes: [[Command<Self>]] { get }
    /// What can be done in the present state, where that is not always the same: what is asked brings its own keys.
    /// Nil: the commands that are declared.
    func present(_ world: World) -> [Command<Self>]?
    /// What it shows of deployments beyond what every poll brings.
    func inspects(_ world: World) -> [DeploymentQuery]
    /// Takes the answer to a question that a command of this screen asked.
    mutating func answer(_ question: String, _ values: [String: String], _ world: World) -> [Effect]
    func draw(_ world: World, in area: Rect, on frame: inout Frame)
    /// What follows the screen's title in the path: the model's name.
    var detail: String { get }
}

extension Screen {
    public mutating func focus(on subject: String) {}
    public mutating func fit(_ size: Size) {}
    public func wants(_ world: World) -> [HistoryQuery] { [] }
    public func reads(_ world: World) -> [InteractionQuery] { [] }
    public func wantsAlerts(_ world: World) -> [AlertQuery] { [] }
    public func evaluates(_ world: World) -> EvaluationQuery? { nil }
    public func surveys(_ world: World) -> DatasetQuery? { nil }
    public func reviews(_ world: World) -> ModelVersionID? { nil }
    public func looksUp(_ world: World) -> String? { nil }
    public func wantsRuns(_ world: World) -> RunQuery? { nil }
    public func wantsPipelines(_ world: World) -> PipelineQuery? { nil }
    public func asksPrompts(_ world: World) -> PromptQuery? { nil }
    public mutating func close() -> Bool { false }
    public static var modes: [[Command<Self>]] { [commands] }
    public func present(_ world: World) -> [Command<Self>]? { nil }
    public func inspects(_ world: World) -> [DeploymentQuery] { [] }
    public mutating func answer(_ question: String, _ values: [String: String], _ world: World) -> [Effect] { [] }
    public var detail: String { "" }
}

/// A screen on which one key is an act of a person: kept before what follows it is shown.
protocol JudgingScreen: Screen {
    /// The queue that drawing wants.
    var opened: String? { get }
    /// Whether an act is not on the disk yet.
    var isWaiting: Bool { get }
    /// Whether more belongs to what was judged last: it is not on the disk, or it brought a question with it.
    var isBusy: Bool { get }
    /// Whether nothing is open over the queue that would be left first.
    var isPlain: Bool { get }
    /// Takes a page that arrived: with the act in it, where one is under way.
    mutating func take(_ page: LabelPage, _ world: World)
    /// Takes a key for later: what the one before did is not on the disk yet.
    mutating func hold(_ key: Key) -> Bool
    /// The next key that was held, once it can be taken.
    mutating func release() -> Key?
    /// The mouse was pressed, or drawn on, at a point of the screen's own area; nil when that means nothing here.
    mutating func click(_ point: Point, isDrag: Bool, _ world: World) -> [Effect]?
    /// The act under way on a queue was refused; gives how many held keys went with it.
    mutating func refuse(_ queue: String) -> Int
}

/// A screen whose rows are narrowed by what is typed behind `/`.
public protocol FilteredScreen: Screen {
    var filter: String { get set }
    /// Whether its rows are what it shows now.
    var showsRows: Bool { get }
}

extension FilteredScreen {
    public var showsRows: Bool { true }
}

public struct ScreenInfo: Equatable, Sendable {
    public var id: String
    public var title: String
    /// The key that opens it from anywhere; nil for screens that are only opened from others.
    public var key: Key?
    public var summary: String
    public init(id: String, title: String, key: Key?, summary: String) {
        (self.id, self.title, self.key, self.summary) = (id, title, key, summary)
    }
}

/// Whether a command can be run now.
public enum Availability: Equatable, Sendable {
    case available
    /// Shown dim with its reason, never hidden.
    case refused(because: String)
}

/// Something a person can do on a screen.
public struct Command<S>: Sendable {
    public var id: String
    public var keys: [Key]
    public var title: String
    public var help: String
    /// In the footer when above 0, the most important ones longest.
    public var hint: Int
    /// Changes something outside: refused in read-only and in the past.
    public var isMutating: Bool
    public var availability: @Sendable (S, World) -> Availability
    public var run: @Sendable (inout S, World) -> [Effect]

    public init(
        _ id: String, _ keys: Key..., title: String, help: String, hint: Int = 0, isMutating: Bool = false,
        availability: @escaping @Sendable (S, World) -> Availability = { _, _ in .available },
        run: @escaping @Sendable (inout S, World) -> [Effect]
    ) {
        (self.id, self.keys, self.title, self.help) = (id, keys, title, help)
        (self.hint, self.isMutating, self.availability, self.run) = (hint, isMutating, availability, run)
    }
}

/// Something computed from the world and kept until it changes: no part of a screen's identity or session.
@propertyWrapper
public struct Cached<Value: Sendable>: Codable, Equatable, Sendable {
    public var wrappedValue: Value
    private let empty: Value
    public init(wrappedValue: Value) { (self.wrappedValue, empty) = (wrappedValue, wrappedValue) }
    public init(from decoder: any Decoder) throws { throw CachedAbsent() }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encodeNil()
    }
    public static func == (a: Self, b: Self) -> Bool { true }
}

struct CachedAbsent: Error {}

extension KeyedDecodingContainer {
    /// A cached value is never stored: it begins empty.
    public func decode<Value: Sendable & ExpressibleByArrayLiteral>(_: Cached<Value>.Type, forKey key: Key) throws
        -> Cached<Value>
    {
        Cached(wrappedValue: [])
    }
}
