/// An acknowledgement as others see it: Alertmanager has none, so it is a silence of the very alert's labels that says
/// what it is. It is renewed while the alert fires and ended when the alert resolves; should nobody renew it, it ends
/// by itself and the alert is heard again.
public struct SharedAcknowledgement: Hashable, Sendable {
    /// The alert's fingerprint.
    public var subject: String
    /// When it was acknowledged, in milliseconds: with the fingerprint it says which acknowledgement this is.
    public var at: Int64

    public init(subject: String, at: Int64) { (self.subject, self.at) = (subject, at) }
    public init(_ act: Act) { (subject, at) = (act.subject, act.at.milliseconds) }

    /// The annotation that Alertmanager 0.32 and later keep; earlier ones have the same behind the comment.
    public static let annotation = "pitwall_acknowledges"
    /// Seconds that such a silence lasts unless it is renewed.
    public static let length = 4.0 * 3600

    var mark: String { "\(subject)@\(at)" }

    /// Nil for every other silence.
    public init?(of silence: Silence) {
        let tag = " [\(Self.annotation) "
        var mark = silence.annotations?[Self.annotation].map { $0[...] }
        if mark == nil, silence.comment.hasSuffix("]"), let start = silence.comment.firstRange(of: tag) {
            mark = silence.comment[start.upperBound...].dropLast()
        }
        guard let parts = mark?.split(separator: "@"), parts.count == 2, let at = Int64(parts[1]), parts[0].count == 16
        else { return nil }
        self.init(subject: String(parts[0]), at: at)
    }

    /// The silence that says so, of all labels of the alert.
    ///
    /// - Parameter annotates: whether the server keeps annotations of silences.
    public func draft(for alert: Alert, by author: String, note: String?, now: Timestamp, annotates: Bool)
        -> SilenceDraft
    {
        let words = "acknowledged until it resolves" + (note.map { ": \($0)" } ?? "")
        return SilenceDraft(
            matchers: alert.labels.sorted { $0.key < $1.key }.map { Matcher($0.key, $0.value) }, startsAt: now,
            endsAt: now.advanced(by: Self.length), createdBy: author,
            comment: annotates ? words : "\(words) [\(Self.annotation) \(mark)]",
            annotations: annotates ? [Self.annotation: mark] : nil)
    }
}

/// How alerts are gone about.
public struct AlertSettings: Equatable, Sendable {
    /// Whether acknowledgements are shown to others, as silences of the Alertmanager that an alert is in.
    public var sharesAcknowledgements: Bool
    /// Seconds after which an acknowledged alert that still fires is called forgotten.
    public var forgottenAfter: Double

    public init(sharesAcknowledgements: Bool = true, forgottenAfter: Double = 4 * 3600) {
        (self.sharesAcknowledgements, self.forgottenAfter) = (sharesAcknowledgements, forgottenAfter)
    }
}
