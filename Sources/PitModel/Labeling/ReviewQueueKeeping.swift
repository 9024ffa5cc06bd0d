/// Has queues of its own that people are to review: MLflow's review queues, with what is asked as label schemas.
public protocol ReviewQueueKeeping: Connector {
    /// Every queue with what still waits in it; none where the server does not know queues.
    func reviewQueues() async throws(ConnectorFault) -> [ReviewQueue]

    /// Says that somebody has judged an item of a queue. One that was closed before stays so.
    func close(_ interaction: String, in queue: String, by author: String) async throws(ConnectorFault)
}

/// A queue that another system keeps.
public struct ReviewQueue: Equatable, Sendable, Identifiable {
    /// The server's name for it, and what people call it.
    public var id: String
    public var name: String
    /// Who is to judge; empty: anybody.
    public var people: [String]
    public var questions: [RubricQuestion]
    public var guidelines: String
    /// The exchanges that nobody has closed yet, by the server's names for them.
    public var open: [String]
    public init(
        id: String, name: String, people: [String] = [], questions: [RubricQuestion], guidelines: String = "",
        open: [String] = []
    ) {
        (self.id, self.name, self.people, self.questions) = (id, name, people, questions)
        (self.guidelines, self.open) = (guidelines, open)
    }
}
