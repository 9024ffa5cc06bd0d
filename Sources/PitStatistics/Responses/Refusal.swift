public import PitModel

/// Whether a response declines: by what refusals begin with, in six languages. A weak signal about one response, a good
/// one about how many there are.
public enum RefusalDescriptor: ResponseDescriptor {
    public static let (key, title) = ("refusal", "refusal")
    /// Bytes in which a refusal says so.
    private static let looked = 400

    public static func value(of text: ExchangeText) -> Interaction.Attribute? {
        text.response.map { .text(isRefusal($0.bytes) ? "yes" : "no") }
    }

    public static func isRefusal(_ bytes: [UInt8]) -> Bool {
        let start = folded(bytes.prefix(looked))
        return phrases.contains { start.contains($0) }
    }

    /// In lower case, typographic apostrophes as plain ones, and one space for any run of them.
    private static func folded(_ bytes: ArraySlice<UInt8>) -> String {
        let text = String(decoding: bytes, as: UTF8.self).lowercased()
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\u{2019}", "\u{02BC}", "\u{2018}": result.unicodeScalars.append("'")
            case " ", "\n", "\t", "\r", "\u{A0}": if result.last != " " { result += " " }
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static let phrases = [
        "i can't help with", "i cannot help with", "i can't assist", "i cannot assist", "i can't provide",
        "i cannot provide", "i can't comply", "i cannot comply", "i can't fulfill", "i cannot fulfill",
        "i can't do that", "i cannot do that", "i'm not able to", "i am not able to", "i'm unable to", "i am unable to",
        "i won't be able to", "i won't help", "i will not help", "i must decline", "i have to decline",
        "can't discuss that", "cannot discuss that", "i'm sorry, but i can", "i am sorry, but i can",
        "i apologize, but i can", "as an ai language model", "against my guidelines", "goes against my",
        "dabei kann ich nicht helfen", "kann ich dir nicht helfen", "kann ich ihnen nicht helfen",
        "ich kann dabei nicht", "ich kann diese anfrage nicht", "tut mir leid, aber ich kann",
        "je ne peux pas vous aider", "je ne peux pas t'aider", "je ne suis pas en mesure", "je ne peux pas fournir",
        "désolé, mais je ne peux", "lo siento, pero no puedo", "no puedo ayudar", "no puedo proporcionar",
        "não posso ajudar", "não posso fornecer", "desculpe, mas não posso", "non posso aiutar", "non posso fornire",
        "mi dispiace, ma non posso",
    ]
}
