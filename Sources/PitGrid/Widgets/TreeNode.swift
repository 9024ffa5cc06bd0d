/// A thing that may have things under it.
public struct TreeNode: Equatable, Sendable {
    public var id: String
    public var label: [Segment]
    /// At the right end of its line.
    public var detail: [Segment]
    public var children: [TreeNode]
    public init(_ id: String, _ label: [Segment], detail: [Segment] = [], children: [TreeNode] = []) {
        (self.id, self.label, self.detail, self.children) = (id, label, detail, children)
    }
}
