/// What a person decided about a version of a model. Facts are only ever added: a later one of the same person
/// supersedes, none is changed.
public struct ReviewFact: Equatable, Codable, Sendable, Identifiable {
    public enum Kind: String, Codable, Sendable, CaseIterable {
        case approve, reject, requestChanges
        /// A requirement need not hold, until a moment.
        case waive
        /// A run of an evaluation is about this version.
        case attach
        /// Not to be used any more; and to be used again.
        case retire, reinstate

        /// As it stands in the audit trail and in lists.
        public var word: String {
            switch self {
            case .approve: "approved"
            case .reject: "rejected"
            case .requestChanges: "changes requested"
            case .waive: "waived"
            case .attach: "evaluation attached"
            case .retire: "retired"
            case .reinstate: "reinstated"
            }
        }

        /// Whether it is a person's word on the version as a whole.
        public var isVote: Bool { self == .approve || self == .reject || self == .requestChanges }
    }
    /// Its place in the store; 0 for what others said elsewhere.
    public var sequence: Int64
    public var at: Timestamp
    public var author: String
    public var version: ModelVersionID
    /// When the version was made, where the registry says: one that was deleted and made again is another.
    public var made: Timestamp?
    public var kind: Kind
    /// The requirement of a waiver, the run of an evaluation.
    public var subject: String
    public var reason: String
    /// When a waiver ends.
    public var until: Timestamp?
    /// Whether it was read from the registry's tags, and not said here.
    public var isRemote: Bool
    public var id: Int64 { sequence }

    public init(
        sequence: Int64 = 0, at: Timestamp, author: String, version: ModelVersionID, made: Timestamp? = nil,
        kind: Kind, subject: String = "", reason: String, until: Timestamp? = nil, isRemote: Bool = false
    ) {
        (self.sequence, self.at, self.author, self.version) = (sequence, at, author, version)
        (self.made, self.kind, self.subject, self.reason) = (made, kind, subject, reason)
        (self.until, self.isRemote) = (until, isRemote)
    }

    /// Whose it is, for comparing: `Ana ` is `ana`.
    public static func person(_ name: String) -> String { name.lowercased().filter { !$0.isWhitespace } }

    /// `approved by ana: good enough`.
    public var words: String {
        let about = subject.isEmpty ? "" : " \(subject)"
        let end = until.map { " until \($0.rfc3339)" } ?? ""
        return "\(kind.word)\(about) by \(author)\(end)" + (reason.isEmpty ? "" : ": \(reason)")
    }
}

extension ReviewFact {
    /// Begins the names of all tags that hold facts.
    public static let tagPrefix = "pitwall.review."

    /// The tag that tells others of it. A vote of the same person takes the place of the one before, as it does here.
    public var tag: (key: String, value: String) {
        let key =
            switch kind {
            case .approve, .reject, .requestChanges: "vote.\(Self.plain(Self.person(author)))"
            case .waive, .attach: "\(kind.rawValue).\(Self.plain(subject)).\(Self.plain(Self.person(author)))"
            case .retire, .reinstate: "standing"
            }
        return (Self.tagPrefix + key, tagValue)
    }

    /// Names of tags take letters, digits, and a few marks.
    private static func plain(_ text: String) -> String {
        String(text.prefix(80).map { $0.isASCII && ($0.isLetter || $0.isNumber) || "-_.".contains($0) ? $0 : "-" })
    }

    private var tagValue: String {
        var parts = [
            "word=\(kind.rawValue)", "by=\(Self.escape(author))", "at=\(at.rfc3339)",
        ]
        if !subject.isEmpty { parts.append("on=\(Self.escape(subject))") }
        if let until { parts.append("until=\(until.rfc3339)") }
        if let made { parts.append("made=\(made.milliseconds)") }
        parts.append("reason=\(String(reason.prefix(1000)))")
        return parts.joined(separator: " ")
    }

    private static func escape(_ text: String) -> String {
        text.replacing("%", with: "%25").replacing(" ", with: "%20").replacing("=", with: "%3D")
    }
    private static func unescape(_ text: String) -> String {
        text.replacing("%3D", with: "=").replacing("%20", with: " ").replacing("%25", with: "%")
    }

    /// Reads what a tag of a version says; nil when it is none of ours.
    public init?(tag key: String, _ value: String, of version: ModelVersionID) {
        guard key.hasPrefix(Self.tagPrefix), value.utf8.count <= 8000 else { return nil }
        let (head, reason): (Substring, String) =
            value.firstRange(of: "reason=").map { (value[..<$0.lowerBound], String(value[$0.upperBound...])) }
            ?? (value[...], "")
        var parts: [String: String] = [:]
        for word in head.split(separator: " ") {
            let pair = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pair.count == 2 { parts[String(pair[0])] = Self.unescape(String(pair[1])) }
        }
        guard let kind = parts["word"].flatMap(Kind.init), let author = parts["by"], !author.isEmpty,
            let at = parts["at"].flatMap(Timestamp.init(rfc3339:))
        else { return nil }
        self.init(
            at: at, author: author, version: version,
            made: parts["made"].flatMap(Int64.init).map(Timestamp.init(milliseconds:)), kind: kind,
            subject: parts["on"] ?? "", reason: reason,
            until: parts["until"].flatMap(Timestamp.init(rfc3339:)), isRemote: true)
        if kind == .waive, until == nil { return nil }
    }
}
