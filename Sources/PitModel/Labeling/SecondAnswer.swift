/// Another answer to what is on the desk, asked of the server that answers now: to be judged beside the first.
public struct SecondAnswer: Equatable, Sendable {
    public enum Stage: Equatable, Sendable {
        /// It is being written.
        case coming
        /// Both stand in this queue now, to be compared.
        case kept(queue: String)
        /// A person stopped it, or it failed: what had come is shown and not kept.
        case broken(String)
    }
    /// The item that it is another answer to.
    public var item: String
    public var text: String
    public var stage: Stage
    public init(item: String, text: String = "", stage: Stage = .coming) {
        (self.item, self.text, self.stage) = (item, text, stage)
    }

    /// Bytes of an answer that are taken.
    public static let longest = 256 << 10
    public var isComing: Bool { stage == .coming }
}
