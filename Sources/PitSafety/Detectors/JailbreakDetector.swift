public import PitModel

/// Jailbreaks: a text that wants the model to be one without limits.
public struct JailbreakDetector: Detector {
    public static let about = DetectorInfo(
        id: "jailbreak", owasp: "LLM01", summary: "personas without limits, forbidden refusals, disguised spelling")

    private static let limits =
        "restriction*|limit|limits|limitations|filter*|rules|guideline*|censorship|moral*|ethic*|boundaries|policy|policies|safeguards"

    public static let phrases: [PhraseRule] = [
        PhraseRule(
            "persona", 0.9,
            "you are now|you re now|from now on you are|from now on you|act as|pretend to be|pretend you are|pretend that you are|roleplay as|simulate|you will act as|you are going to be",
            "dan|do anything now|unfiltered|unrestricted|uncensored|jailbroken|evil|without restrictions|no restrictions|without any restrictions|developer mode|free from all|without limits|no limits|amoral|stan|aim|dude",
            gap: 60, side: .prompt),
        PhraseRule(
            "persona", 0.9,
            "do anything now|developer mode enabled|dan mode|god mode enabled|jailbreak mode|opposite mode|sudo mode",
            side: .prompt),
        PhraseRule(
            "unrestricted", 0.8,
            "without any|free of|free from|no longer have|have no|has no|not bound by|ignore your|disable your|turn off your|bypass your|drop your|no",
            "ethical|moral|content|safety|censorship|openai|anthropic|usage|built in", limits, gap: 14, side: .prompt),
        PhraseRule(
            "unrestricted", 0.7, "disable|turn off|switch off|bypass|evade|circumvent|get around|remove",
            "your|the|all|any",
            "safety filter*|content filter*|safety guard*|guardrails|safety measures|safety protocols|content policy|moderation filter*|ethical guidelines|safety guidelines",
            gap: 10, side: .prompt),
        PhraseRule(
            "no-refusal", 0.8,
            "never refuse|do not refuse|don't refuse|you cannot refuse|must not refuse|you may not refuse|can't say no|cannot say no|never say no|without refusing",
            side: .prompt),
        PhraseRule(
            "no-refusal", 0.7,
            "never say|do not say|don't say|avoid saying|don't use|never use|do not include|refrain from",
            "i'm sorry|i am sorry|i can't|i cannot|as an ai|sorry but|unfortunately|disclaimers|warnings|apolog*",
            gap: 30, side: .prompt),
        PhraseRule(
            "no-refusal", 0.7, "start your|begin your|start the|begin with|respond with|answer starts|start with",
            "sure here|sure here's|absolutely here|of course here|sure", gap: 40, side: .prompt),
        PhraseRule(
            "fiction", 0.6,
            "hypothetically|for a novel|in a story|for a story|fictional|for educational purposes|in a fictional world|write a story|in a movie",
            "how to make a bomb|build a bomb|make a bomb|synthesize|make meth|cook meth|make explosives|hotwire|launder money|steal credit cards|write malware|write ransomware|create a virus|pipe bomb|nerve agent|make napalm",
            gap: 160, side: .prompt),
        PhraseRule(
            "fiction", 0.7, "my grandmother|my late grandmother|my grandma|my deceased grandmother",
            "used to", "napalm|bomb|windows keys|license keys|meth|explosive*|activation keys", gap: 120, side: .prompt),
        PhraseRule(
            "persona", 0.9, "du bist jetzt|ab jetzt bist du|tu so als|spiele die rolle|verhalte dich wie",
            "ohne einschränkungen|ohne regeln|uneingeschränkt|unzensiert|ohne filter|keine regeln|keinerlei|dan|ohne moral",
            gap: 60, side: .prompt),
        PhraseRule(
            "persona", 0.9,
            "eres ahora|a partir de ahora eres|actúa como|finge ser|tu es maintenant|agis comme|fais semblant d'être|sei ora|fingi di essere|você agora é|aja como",
            "sin restricciones|sin filtros|sin censura|sin límites|sans restriction*|sans limites|sans filtre|sans censure|senza restrizioni|senza limiti|senza filtri|sem restrições|sem filtros|sem limites|dan",
            gap: 60, side: .prompt),
        PhraseRule(
            "persona", 0.9, "你现在是|从现在开始你是|扮演|假装你是", "没有限制|不受限制|没有任何限制|无限制|不受约束|没有道德|无道德|没有任何约束", gap: 60, side: .prompt),
        PhraseRule(
            "persona", 0.9, "あなたは今から|これからあなたは|のふりをして|になりきって", "制限のない|制限なし|無制限|規制のない|ルールのない|検閲", gap: 60, side: .prompt),
        PhraseRule(
            "persona", 0.9, "ты теперь|теперь ты|притворись|представь что ты|веди себя как",
            "без ограничений|без цензуры|без фильтров|без правил|неограниченн*", gap: 90, side: .prompt),
        // Turns of a talk that never was.
        PhraseRule(
            "turn", 0.1, "assistant sure|assistant of course|assistant yes|ai sure|bot sure|model sure|assistant here",
            side: .prompt),
    ]

    public init(_ settings: DetectorSettings) {}

    public func look(at exchange: ScannedExchange, _ phrases: PhraseFindings, into findings: inout [Finding]) {
        for text in exchange.texts where text.side == .prompt {
            let all = phrases.findings(in: text)
            findings += all.filter { $0.kind != "turn" }
            let turns = all.filter { $0.kind == "turn" }
            if turns.count >= 3, let first = turns.first, let last = turns.last {
                findings.append(
                    text.finding(
                        Self.about, "many-shot", first.range.lowerBound..<last.range.upperBound, score: 0.7,
                        evidence: "\(turns.count) answers put into the model's mouth"))
            }
            if let spelled = spelling(text, exchange) { findings.append(spelled) }
        }
    }

    /// Words s p a c e d out or written w1th d1g1ts, which read otherwise are instructions.
    private func spelling(_ text: ScannedText, _ exchange: ScannedExchange) -> Finding? {
        guard text.mixedWords >= 2 || text.singleLetters >= 8, text.bytes.count <= 100_000 else { return nil }
        let plain = text.singleLetters >= 8 ? Self.joined(text.bytes) : Self.unleeted(text.bytes)
        let inner = exchange.reread.read(plain, like: text)
        guard let hit = inner.hits.first(where: { hit in !text.hits.contains { $0.rule == hit.rule } }) else {
            return nil
        }
        return text.finding(
            Self.about, "spelling", 0..<min(text.bytes.count, Evidence.longest), score: 0.8,
            evidence: "reads as: \(inner.excerpt(hit.range))")
    }

    private static let letters: [UInt8: UInt8] = [
        0x30: 0x6F, 0x31: 0x69, 0x33: 0x65, 0x34: 0x61, 0x35: 0x73, 0x37: 0x74, 0x40: 0x61, 0x24: 0x73, 0x21: 0x69,
    ]

    /// Digits and signs that stand for letters become those.
    static func unleeted(_ bytes: [UInt8]) -> [UInt8] { bytes.map { letters[$0] ?? $0 } }

    /// Single letters in a row become words: a single sign between them is left out, a wider gap is a space.
    static func joined(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var at = 0
        while at < bytes.count {
            let byte = bytes[at]
            let isBetween =
                !byte.isAlphanumeric && at > 0 && at + 1 < bytes.count && bytes[at - 1].isLetter
                && bytes[at + 1].isLetter
                && (at < 2 || !bytes[at - 2].isAlphanumeric) && (at + 2 >= bytes.count || !bytes[at + 2].isAlphanumeric)
            if !isBetween { result.append(byte) }
            at += 1
        }
        return result
    }
}
