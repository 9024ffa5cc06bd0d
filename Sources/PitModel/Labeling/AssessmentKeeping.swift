/// Keeps people's judgements of exchanges where others see them: MLflow assessments, Phoenix annotations, Langfuse
/// scores.
public protocol AssessmentKeeping: Connector {
    /// Every assessment of these exchanges that the server holds, ours and others'.
    func assessments(of interactions: [String]) async throws(ConnectorFault) -> [RemoteAssessment]

    /// Makes the server hold what `change` says, once: one that bears `change.key` already is changed, not doubled.
    /// Gives the server's name for it.
    func keep(_ change: AssessmentChange) async throws(ConnectorFault) -> String
}

/// What a server is to hold of one author's answer to one question on one exchange.
public struct AssessmentChange: Equatable, Codable, Sendable {
    /// Ours, lasting: the same for every change of the same author's answer to the same question. Goes into the
    /// assessment's metadata (or its identifier), and is searched for before anything is made.
    public var key: String
    /// The latest judgement; its `value` nil means that the server is to hold none.
    public var judgement: Judgement
    public var target: JudgedTarget
    /// The server's name for it, where it is known.
    public var remote: String?
    /// Whether the value speaks for the answer, where its rubric says so.
    public var isGood: Bool?
    public init(
        key: String, judgement: Judgement, target: JudgedTarget, remote: String? = nil, isGood: Bool? = nil
    ) {
        (self.key, self.judgement, self.target, self.remote) = (key, judgement, target, remote)
        self.isGood = isGood
    }
}

/// An assessment as a server tells it.
public struct RemoteAssessment: Equatable, Codable, Sendable {
    public enum Author: String, Codable, Sendable { case human, judge, code }
    public var remote: String
    /// Our key, where it bears one.
    public var key: String?
    public var interaction: String
    public var name: String
    public var author: String
    public var kind: Author
    public var value: JudgedValue?
    public var comment: String
    public var at: Timestamp
    public init(
        remote: String, key: String?, interaction: String, name: String, author: String, kind: Author,
        value: JudgedValue?, comment: String = "", at: Timestamp
    ) {
        (self.remote, self.key, self.interaction, self.name) = (remote, key, interaction, name)
        (self.author, self.kind, self.value, self.comment, self.at) = (author, kind, value, comment, at)
    }
}
