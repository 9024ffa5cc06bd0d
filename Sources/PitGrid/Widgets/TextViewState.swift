/// Where a text is scrolled to, and what is searched in it.
public struct TextViewState: Equatable, Codable, Sendable {
    /// The line at the top, and how many of its rows are above the top.
    public internal(set) var line = 0
    var row = 0
    /// Whether the end stays in view as the text grows. Scrolling up leaves it.
    public var follows: Bool
    /// What is searched: its finds stand out.
    public var query = ""
    /// The line of the find that was gone to.
    public internal(set) var found: Int?

    public init(follows: Bool = false) { self.follows = follows }
}
