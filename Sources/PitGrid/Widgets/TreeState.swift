/// Which nodes of a tree are open, and which line is selected.
public struct TreeState: Equatable, Codable, Sendable {
    public var expanded: Set<String>
    public var table = TableState()
    public init(expanded: Set<String> = []) { self.expanded = expanded }
}
