/// Where judgements are kept besides here, and where other people's are read.
public struct AssessmentRoute: Hashable, Sendable {
    /// A connection whose connector keeps assessments.
    public var to: ConnectionName
    /// Exchanges that were read there; their ids are the server's own names for them.
    public var from: [ConnectionName]
    /// Whether other people's judgements are taken in.
    public var takesOthers: Bool
    /// What the server calls a question that is called otherwise here: users' thumbs as `user_feedback`, say.
    public var names: [String: String]
    public init(
        to: ConnectionName, from: [ConnectionName] = [], takesOthers: Bool = true, names: [String: String] = [:]
    ) {
        (self.to, self.from, self.takesOthers) = (to, from.isEmpty ? [to] : from, takesOthers)
        self.names = names
    }
}

/// What stands at a server, as far as it is compared: a judgement and its reason; no value where none stands.
public struct HeldAssessment: Equatable, Codable, Sendable {
    public var value: JudgedValue?
    public var comment: String
    public init(_ value: JudgedValue?, comment: String = "") {
        (self.value, self.comment) = (value, value == nil ? "" : comment)
    }

    public init(_ remote: RemoteAssessment?) { self.init(remote?.value, comment: remote?.comment ?? "") }

    /// Servers cut long texts, and trim a reason.
    private static let comparedBytes = 4096

    /// Whether both say the same, as far as a server hands it back unchanged.
    public func says(_ other: Self) -> Bool {
        Self.compared(comment) == Self.compared(other.comment) && Self.form(value) == Self.form(other.value)
    }

    /// A long word and a text of the same letters cannot be told apart on the wire.
    private static func form(_ value: JudgedValue?) -> JudgedValue? {
        switch value {
        case .choice(let word), .text(let word), .correction(let word): .text(compared(word))
        case .spans(let spans): .spans(spans.map { JudgedSpan($0.start, $0.end, tag: $0.tag, text: "") })
        default: value
        }
    }

    private static func compared(_ text: String) -> String {
        var rest = Substring(text)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(decoding: rest.utf8.prefix(comparedBytes), as: UTF8.self)
    }
}

/// A judgement on its way to a server: the latest of one author's answers to one question of one item.
public struct AssessmentErrand: Equatable, Sendable, Identifiable {
    public enum Stage: String, Codable, Sendable, CaseIterable {
        case waiting, told
        /// The server said no to it: something must be changed first.
        case refused
        /// Somebody changed there what was told: a person says which holds.
        case conflict
    }
    public var destination: ConnectionName
    public var change: AssessmentChange
    /// The number of the judgement, as they were written.
    public var seq: Int64
    public var stage: Stage
    /// What the server took last; nil before it took anything.
    public var told: HeldAssessment?
    /// What was sent last, where it is not known whether it arrived.
    public var tried: HeldAssessment?
    /// What stands there instead.
    public var theirs: RemoteAssessment?
    public var fault: String?
    public var id: String { change.key }

    public init(destination: ConnectionName, change: AssessmentChange, seq: Int64, stage: Stage = .waiting) {
        (self.destination, self.change, self.seq, self.stage) = (destination, change, seq, stage)
    }

    public var wanted: HeldAssessment {
        HeldAssessment(change.judgement.value, comment: change.judgement.comment)
    }

    /// What is to be done, given what stands there.
    public enum Step: Equatable, Sendable { case nothing, keep, conflict }

    /// Writes nothing over that somebody else wrote: only over what was told or tried from here.
    public func step(there: RemoteAssessment?) -> Step {
        let now = HeldAssessment(there)
        if now.says(wanted) { return .nothing }
        let isOurs = [told, tried].contains { $0?.says(now) == true }
        // Before anything was told, nothing is what is expected.
        if isOurs || told == nil && there == nil { return .keep }
        return .conflict
    }
}

/// How far one server is told.
public struct AssessmentRouteState: Equatable, Sendable, Identifiable {
    public var destination: ConnectionName
    /// Judgements that were not looked at yet, and those that wait.
    public var waiting: Int
    public var refused: Int
    public var conflicts: Int
    /// Failures one after the other, why the last one was, and when it is tried again.
    public var attempts: Int
    public var fault: String?
    public var next: Timestamp?
    public var toldAt: Timestamp?
    public var readAt: Timestamp?
    public var id: ConnectionName { destination }
    public init(
        destination: ConnectionName, waiting: Int = 0, refused: Int = 0, conflicts: Int = 0, attempts: Int = 0,
        fault: String? = nil, next: Timestamp? = nil, toldAt: Timestamp? = nil, readAt: Timestamp? = nil
    ) {
        (self.destination, self.waiting, self.refused, self.conflicts) = (destination, waiting, refused, conflicts)
        (self.attempts, self.fault, self.next, self.toldAt, self.readAt) = (attempts, fault, next, toldAt, readAt)
    }

    /// Why not all that was judged stands there.
    public var why: String? {
        if let fault { return "\(destination): \(fault)" }
        if conflicts > 0 { return "\(destination): \(conflicts) changed there (pitwall sync conflicts)" }
        return refused > 0 ? "\(destination): \(refused) refused (pitwall sync refused)" : nil
    }
}
