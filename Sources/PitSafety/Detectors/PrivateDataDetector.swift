public import PitModel

/// Personal data in either direction: what `Redaction` knows, less what is a credential.
public struct PrivateDataDetector: Detector {
    public static let about = DetectorInfo(
        id: "pii", owasp: "LLM02", summary: "personal data: addresses, numbers of cards, accounts and people")

    public init(_ settings: DetectorSettings) {}

    public func look(at exchange: ScannedExchange, _ phrases: PhraseFindings, into findings: inout [Finding]) {
        for text in exchange.texts {
            for span in text.privateSpans where span.kind != .secret {
                findings.append(
                    text.finding(
                        Self.about, span.kind.rawValue, span.range, score: span.kind.certainty,
                        evidence: Evidence.starred(text.bytes, span)))
            }
        }
    }
}

/// Credentials in either direction.
public struct SecretDetector: Detector {
    public static let about = DetectorInfo(
        id: "secret", owasp: "LLM02", summary: "credentials: keys, tokens, passwords")

    public init(_ settings: DetectorSettings) {}

    public func look(at exchange: ScannedExchange, _ phrases: PhraseFindings, into findings: inout [Finding]) {
        for text in exchange.texts {
            for span in text.privateSpans where span.kind == .secret {
                findings.append(
                    text.finding(
                        Self.about, "credential", span.range, score: 0.9,
                        evidence: Evidence.starred(text.bytes, span)))
            }
        }
    }
}

extension Redaction.Kind {
    /// What has a check digit is surer than what only looks right.
    var certainty: Double {
        switch self {
        case .card, .iban, .nhs, .crypto: 0.95
        case .secret, .email, .ssn: 0.9
        case .phone: 0.6
        case .ip, .mac: 0.5
        }
    }
}

extension Evidence {
    /// A private thing with all but its edges starred out.
    static func starred(_ bytes: [UInt8], _ span: Redaction.Span) -> String {
        var piece = Array(bytes[span.range].prefix(longest))
        let inner = Redaction.Span(kind: span.kind, range: 0..<piece.count)
        star(&piece, inner)
        return line(piece)
    }
}
