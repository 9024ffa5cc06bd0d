public import PitModel

/// Looks for one kind of trouble in exchanges. What it finds is a weak sign; people judge.
///
/// A detector is a file in `Detectors/` and a line in `detectorCatalog`. One that needs no more than phrases gives only
/// those. It must be done with any text in time that grows no faster than the text.
public protocol Detector: Sendable {
    static var about: DetectorInfo { get }
    /// What all texts are read for, for all detectors at once.
    static var phrases: [PhraseRule] { get }
    init(_ settings: DetectorSettings)
    /// Adds what it finds. `phrases` are the rules of its own that hold, by text.
    func look(at exchange: ScannedExchange, _ phrases: PhraseFindings, into findings: inout [Finding])
}

extension Detector {
    public static var phrases: [PhraseRule] { [] }

    public func look(at exchange: ScannedExchange, _ phrases: PhraseFindings, into findings: inout [Finding]) {
        for text in exchange.texts { findings += phrases.findings(in: text) }
    }
}

/// What a detector is for.
public struct DetectorInfo: Equatable, Sendable {
    public var id: String
    /// The item of the OWASP Top 10 for LLM applications (2025) that it serves.
    public var owasp: String
    public var summary: String
    public init(id: String, owasp: String, summary: String) {
        (self.id, self.owasp, self.summary) = (id, owasp, summary)
    }
}

/// The rules of one detector that hold.
public final class PhraseFindings: Sendable {
    let about: DetectorInfo
    let rules: [PhraseRule]
    /// The place of its first rule among those of all detectors.
    let base: Int

    init(about: DetectorInfo, rules: [PhraseRule], base: Int) {
        (self.about, self.rules, self.base) = (about, rules, base)
    }

    /// Findings of the rules that hold in a text, those of the text's side.
    public func findings(in text: ScannedText) -> [Finding] {
        guard !text.hits.isEmpty else { return [] }
        return text.hits.compactMap { hit in
            let index = hit.rule - base
            guard rules.indices.contains(index) else { return nil }
            let rule = rules[index]
            guard rule.side.map({ $0 == text.side }) ?? true else { return nil }
            return text.finding(about, rule.kind, text.toWordEnd(hit.range), score: rule.score)
        }
    }

    /// Whether one of its rules holds somewhere in a text, whatever its side.
    func holds(in text: ScannedText) -> PhraseHit? {
        text.hits.first { rules.indices.contains($0.rule - base) }
    }
}
