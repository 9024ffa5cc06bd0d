public import PitModel

/// Prompt injection: a text that wants to take the place of the instructions.
public struct InjectionDetector: Detector {
    public static let about = DetectorInfo(
        id: "injection", owasp: "LLM01", summary: "instructions that want to override the system's, or to see them")

    private static let disregard =
        "ignore|ignoring|disregard|disregarding|forget|override|overriding|bypass|discard|cancel|delete|erase|drop"
    private static let earlier =
        "previous|prior|above|preceding|earlier|original|system|initial|former|existing|all|any|your|those|developer"
    private static let instructions =
        "instruction*|prompt|prompts|directive*|guideline*|rules|command*|restriction*|programming|guardrail*|constraints|policies|context"

    public static let phrases: [PhraseRule] = [
        PhraseRule(
            "override", 0.9, disregard, earlier, instructions, gap: 24, side: .prompt),
        PhraseRule(
            "override", 0.8,
            "do not follow|don't follow|stop following|no longer follow|no longer bound by|not bound by|pay no attention to",
            "instruction*|rules|guideline*|system prompt|directive*|polic*", gap: 32, side: .prompt),
        PhraseRule(
            "override", 0.8, "forget everything|ignore everything|disregard everything|ignore all of the above",
            "above|before|said|told|told you|you know|you were|so far|written|up to now", gap: 24, side: .prompt),
        PhraseRule(
            "override", 0.8, "new instructions|updated instructions|new system prompt|new task|real instructions",
            "ignore*|follow*|are|override*|instead|begin|start", gap: 16, side: .prompt),
        PhraseRule("override", 0.7, "ignore what", "told|system|developer|above|said", gap: 24, side: .prompt),
        // German.
        PhraseRule(
            "override", 0.9, "ignorier*|vergiss|vergesse|missachte|überschreibe|umgehe",
            "vorherig*|vorig*|bisherig*|obig*|früher*|alle|deine|sämtliche|system*",
            "anweisung*|instruktion*|regeln|vorgaben|richtlinien|befehle|anleitung*|systemprompt", gap: 28,
            side: .prompt),
        // Spanish, Portuguese, Italian and French: mostly the noun comes first.
        PhraseRule(
            "override", 0.9, "ignora|ignore|ignorar|olvida|olvide|olvidar|descarta|omite|esquece|esqueça|desconsidere",
            "instrucciones|instruções|reglas|regras|órdenes|ordens|directrices|diretrizes|indicaciones",
            "anteriores|previas|prévias|de arriba|acima|del sistema|do sistema|originales|originais|que te dieron",
            gap: 28, side: .prompt),
        PhraseRule(
            "override", 0.9, "ignore|ignorez|ignorer|oublie|oubliez|oublier|fais abstraction de|ne tiens pas compte",
            "instructions|consignes|directives|règles|ordres",
            "précédent*|antérieur*|ci dessus|initiales|du système|système|reçues", gap: 28, side: .prompt),
        PhraseRule(
            "override", 0.9, "ignora|ignorare|dimentica|dimenticare|trascura",
            "istruzioni|regole|direttive|indicazioni",
            "precedent*|sopra|iniziali|di sistema|del sistema", gap: 28, side: .prompt),
        // Russian, Polish, Dutch, Turkish.
        PhraseRule(
            "override", 0.9, "игнорируй*|забудь*|проигнорируй*|не обращай внимания на",
            "предыдущ*|прежн*|все|системн*|выше", "инструкци*|указани*|правил*|команд*|подсказк*", gap: 48,
            side: .prompt),
        PhraseRule(
            "override", 0.9, "zignoruj|ignoruj|zapomnij|pomiń", "poprzednie|wszystkie|wcześniejsze|powyższe",
            "instrukcje|polecenia|zasady|wytyczne", gap: 28, side: .prompt),
        PhraseRule(
            "override", 0.9, "negeer|vergeet", "vorige|eerdere|alle|bovenstaande", "instructies|regels|opdrachten",
            gap: 28, side: .prompt),
        PhraseRule(
            "override", 0.9, "önceki|yukarıdaki|tüm", "talimat*|kural*|yönerge*",
            "yok say|unut|görmezden gel|dikkate alma",
            gap: 32, side: .prompt),
        // Chinese, Japanese, Korean.
        PhraseRule(
            "override", 0.9, "忽略|无视|忘记|忘掉|不要理会", "之前|以上|先前|上面|前面|所有|系统", "指令|指示|提示|规则|命令|设定", gap: 24, side: .prompt),
        PhraseRule("override", 0.9, "以前の|これまでの|上記の|前の|すべての", "指示|命令|ルール|プロンプト|制約", "無視|忘れ|破棄", gap: 30, side: .prompt),
        PhraseRule("override", 0.9, "이전|앞의|위의|모든", "지시|명령|규칙|프롬프트", "무시|잊어", gap: 30, side: .prompt),
        // What wants to see the instructions.
        PhraseRule(
            "reveal", 0.8,
            "print|reveal|show me|show|repeat|display|output|tell me|give me|leak|dump|write out|recite|disclose",
            "system prompt|system message|initial prompt|hidden prompt|initial instructions|hidden instructions|your instructions|your initial|developer message|secret instructions|original instructions|your prompt",
            gap: 28, side: .prompt),
        PhraseRule(
            "reveal", 0.7, "repeat|print|output|copy|return|reproduce",
            "text above|words above|everything above|all of the above|content above|everything before this",
            gap: 24, side: .prompt),
        PhraseRule(
            "reveal", 0.7, "what is|what are|what's|what were|tell me",
            "your system prompt|your initial instructions|your hidden instructions|your original instructions|your secret instructions",
            gap: 12, side: .prompt),
        PhraseRule(
            "reveal", 0.8, "zeig*|nenne|verrate|gib|wiederhole|drucke",
            "systemprompt|system prompt|systemanweisung*|deine anweisungen|deine instruktionen",
            gap: 32, side: .prompt),
        PhraseRule(
            "reveal", 0.8,
            "muestra*|revela|repite|dime|montre|affiche|révèle|répète|mostra|ripeti|mostre|revele|repita",
            "prompt del sistema|prompt de sistema|instrucciones del sistema|tus instrucciones|prompt système|invite système|tes instructions|prompt di sistema|le tue istruzioni|prompt do sistema|suas instruções",
            gap: 36, side: .prompt),
        PhraseRule("reveal", 0.8, "显示|输出|告诉我|重复|打印|泄露", "系统提示|系统指令|初始指令|提示词|系统消息", gap: 24, side: .prompt),
        PhraseRule("reveal", 0.8, "システムプロンプト|システムメッセージ|初期指示", "表示|教えて|出力|見せて|繰り返", gap: 24, side: .prompt),
        PhraseRule(
            "reveal", 0.8, "покажи|выведи|раскрой|повтори",
            "системный промпт|системную подсказку|системные инструкции|свои инструкции", gap: 40, side: .prompt),
    ]

    public init(_ settings: DetectorSettings) {}

    public func look(at exchange: ScannedExchange, _ phrases: PhraseFindings, into findings: inout [Finding]) {
        for text in exchange.texts where text.side == .prompt {
            var found = phrases.findings(in: text)
            if text.role == "tool" || text.role == "function" {
                // What stands in data, and is addressed to the model, has no business there.
                for index in found.indices { found[index].score = min(1, found[index].score + 0.05) }
            }
            findings += found
            findings += delimiters(text) + hidden(text, exchange)
        }
    }

    /// Signs by which chat templates tell who speaks: nobody types them.
    private static let tokens: [(StaticString, Double)] = [
        ("<|im_start|>", 0.9), ("<|im_end|>", 0.9), ("<|system|>", 0.9), ("<|endoftext|>", 0.8),
        ("<|start_header_id|>", 0.9),
        ("<|eot_id|>", 0.9), ("<<sys>>", 0.9), ("[/inst]", 0.8), ("[inst]", 0.8), ("</system>", 0.7), ("<system>", 0.6),
        ("<start_of_turn>", 0.9), ("[system]", 0.4), ("<|assistant|>", 0.9), ("<|user|>", 0.8),
    ]

    private func delimiters(_ text: ScannedText) -> [Finding] {
        var found: [Finding] = []
        for mark in text.marks where found.count < 20 {
            let at = Int(mark)
            guard text.byte(at) == 0x3C || text.byte(at) == 0x5B else { continue }
            if let (token, score) = Self.tokens.first(where: { text.has($0.0, at: at) }) {
                let range = at..<(at + token.utf8CodeUnitCount)
                found.append(
                    text.finding(
                        Self.about, "delimiter", range, score: score, evidence: text.excerpt(range, around: 20)))
            }
        }
        return found
    }

    /// Signs that are not seen between letters that are, and HTML comments that give instructions.
    private func hidden(_ text: ScannedText, _ exchange: ScannedExchange) -> [Finding] {
        var found: [Finding] = []
        var (unseen, first) = (0, -1)
        for mark in text.marks {
            let at = Int(mark)
            switch text.byte(at) {
            case 0xE2:
                // Joiners have their use in emoji and in Arabic or Indic scripts; between Latin letters they have none.
                guard text.byte(at - 1).isLetter, text.byte(at + 3).isLetter else { continue }
                (unseen, first) = (unseen + 1, first < 0 ? at : first)
            case 0x3C where text.has("<!--", at: at):
                if let comment = comment(text, at, exchange) { found.append(comment) }
            default: continue
            }
        }
        if unseen >= 3 {
            let range = max(0, first - 10)..<min(text.bytes.count, first + 30)
            found.append(
                text.finding(
                    Self.about, "hidden-text", range, score: 0.6,
                    evidence: "\(unseen) unseen characters within words: \(text.excerpt(range))"))
        }
        return found
    }

    private func comment(_ text: ScannedText, _ at: Int, _ exchange: ScannedExchange) -> Finding? {
        var end = at + 4
        while end < text.bytes.count, end - at < 2000, !text.has("-->", at: end) { end += 1 }
        guard text.hits.contains(where: { $0.range.lowerBound >= at && $0.range.upperBound <= end }) else { return nil }
        return text.finding(Self.about, "hidden-text", at..<min(text.bytes.count, end + 3), score: 0.8)
    }
}
