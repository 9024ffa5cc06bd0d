public import PitModel

/// All detectors over exchanges. Each text is read once, by bytes.
public final class ExchangeScanner: Sendable {
    private let detectors: [(detector: any Detector, phrases: PhraseFindings)]
    private let machine: PhraseMachine
    private let rereading: Rereading
    private let wantsPrivate: Bool
    private let leastScore: Double

    /// Findings of one detector in one exchange at most; more are counted in the last.
    static let limit = 12

    public init(_ settings: DetectorSettings = DetectorSettings(), catalog: [any Detector.Type] = detectorCatalog) {
        let wanted = catalog.filter { type in settings.wanted?.contains(type.about.id) ?? true }
        var (all, rules): ([(any Detector, PhraseFindings)], [PhraseRule]) = ([], [])
        for type in wanted {
            all.append((type.init(settings), PhraseFindings(about: type.about, rules: type.phrases, base: rules.count)))
            rules += type.phrases
        }
        detectors = all
        machine = PhraseMachine(rules)
        rereading = Rereading(machine)
        wantsPrivate = wanted.contains { ["pii", "secret"].contains($0.about.id) }
        leastScore = settings.leastScore
    }

    /// What is found in an exchange.
    public func findings(in exchange: Interaction) -> [Finding] { findings(in: [exchange])[0] }

    /// What is found in each of several exchanges, in their order.
    public func findings(in exchanges: [Interaction]) -> [[Finding]] {
        guard !detectors.isEmpty else { return exchanges.map { _ in [] } }
        var pass = TextPass(machine)
        return exchanges.map { find(in: $0, &pass) }
    }

    private func find(in exchange: Interaction, _ pass: inout TextPass) -> [Finding] {
        let texts = Self.texts(of: exchange)
        for text in texts {
            pass.read(text)
            if wantsPrivate {
                text.privateSpans = text.bytes.withUnsafeBufferPointer { Redaction.everything.spans(in: $0) }
            }
        }
        let scanned = ScannedExchange(interaction: exchange, texts: texts, reread: rereading)
        var all: [Finding] = []
        var found: [Finding] = []
        for index in detectors.indices {
            detectors[index].detector.look(at: scanned, detectors[index].phrases, into: &found)
            guard !found.isEmpty else { continue }
            defer { found = [] }
            if leastScore > 0 { found.removeAll { $0.score < leastScore } }
            if found.count > Self.limit {
                let left = found.count - Self.limit
                found.removeLast(left)
                found[Self.limit - 1].evidence += " (and \(left) more)"
            }
            all += found
        }
        return all
    }

    /// What came in since the model last spoke, and what it answers; what was said before was looked at then.
    private static func texts(of exchange: Interaction) -> [ScannedText] {
        var texts: [ScannedText] = []
        let last = exchange.messages.lastIndex { $0.role == "assistant" }
        for (index, message) in exchange.messages.enumerated() where index > last ?? -1 {
            guard message.role != "system", message.role != "developer", !message.text.isEmpty else { continue }
            texts.append(ScannedText(message.text, side: .prompt, message: index, role: message.role))
        }
        if let response = exchange.response, !response.isEmpty {
            texts.append(ScannedText(response, side: .response, role: "assistant"))
        }
        return texts
    }
}

/// Reads what was hidden in a text as a text of its own.
final class Rereading: Sendable {
    private let machine: PhraseMachine
    init(_ machine: PhraseMachine) { self.machine = machine }

    func read(_ bytes: [UInt8], like text: ScannedText) -> ScannedText {
        var pass = TextPass(machine)
        let inner = ScannedText(bytes: bytes, like: text)
        pass.read(inner)
        return inner
    }
}
