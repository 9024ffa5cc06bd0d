public import PitModel

/// The language of a text, as ISO 639-1 has it; `unknown` where too little speaks for any.
public enum PromptLanguage: ResponseDescriptor {
    public static let (key, title) = ("prompt_language", "prompt language")
    public static func value(of text: ExchangeText) -> Interaction.Attribute? {
        text.exchange.messages.isEmpty ? nil : Language.of(text.prompt).map { .text($0) }
    }
}

public enum ResponseLanguage: ResponseDescriptor {
    public static let (key, title) = ("response_language", "response language")
    public static func value(of text: ExchangeText) -> Interaction.Attribute? {
        text.response.flatMap { Language.of($0) }.map { .text($0) }
    }
}

/// Tells languages by their script, and those that share one by their most frequent words.
public enum Language {
    /// Nil without any letter.
    public static func of(_ text: ReadText) -> String? {
        let scripts = Script.counts(of: text.bytes)
        guard let main = Script.main(of: text.bytes) else { return nil }
        // Japanese mixes kana with characters that Chinese has, too.
        let eastern = (scripts[.kana] ?? 0) + (scripts[.han] ?? 0)
        if (scripts[.kana] ?? 0) * 10 >= max(1, eastern), main == .han || main == .kana { return "ja" }
        switch main {
        case .han: return "zh"
        case .kana: return "ja"
        case .hangul: return "ko"
        case .greek: return "el"
        case .hebrew: return "he"
        case .thai: return "th"
        case .devanagari: return "hi"
        case .bengali: return "bn"
        case .latin, .cyrillic, .arabic: return byWords(text.words)
        case .other: return "unknown"
        }
    }

    /// The language that most frequent words are of, where at least two are and they are one in twelve.
    private static func byWords(_ words: [UInt64]) -> String {
        var counts = [Int](repeating: 0, count: names.count)
        for word in words.prefix(2000) {
            guard var mask = frequent[word] else { continue }
            while mask != 0 {
                counts[mask.trailingZeroBitCount] += 1
                mask &= mask - 1
            }
        }
        guard let best = counts.indices.max(by: { counts[$0] < counts[$1] }), counts[best] >= 2,
            counts[best] * 12 >= min(2000, words.count)
        else { return "unknown" }
        return names[best]
    }

    private static let names = lists.map(\.name)

    /// The languages that it can tell.
    public static let all = (names + ["ja", "zh", "ko", "el", "he", "th", "hi", "bn"]).sorted()

    /// For each word, the languages that it is frequent in, as bits.
    private static let frequent: [UInt64: UInt32] = {
        var found: [UInt64: UInt32] = [:]
        for (place, list) in lists.enumerated() {
            for word in list.words.split(separator: " ") {
                found[ReadText.hash(String(word)), default: 0] |= 1 << UInt32(place)
            }
        }
        return found
    }()

    private static let lists: [(name: String, words: String)] = [
        (
            "en",
            "the of and to in is you that it for on are with as this be at have from or your by not can we if an which "
                + "will how what do when there their has was would should i my"
        ),
        (
            "de",
            "der die das und ist nicht ich sie es ein eine zu den mit von auf für im dem wie auch sich bei wird kann "
                + "oder aus werden haben sind wir aber nach wenn mein ihre"
        ),
        (
            "fr",
            "le la les de des et est un une pour que vous dans qui pas sur avec ce je il au par plus en nous être sont "
                + "votre mais ou du si mon comment quelle"
        ),
        (
            "es",
            "el la los las de que y en un una es por para con no se su al lo como más del mi usted puede este está son "
                + "pero si qué cómo tiene"
        ),
        (
            "pt",
            "o a os as de que e em um uma é por para com não se do da no na ao mais como você seu pode este está são "
                + "mas meu isso à tem"
        ),
        (
            "it",
            "il lo la i gli le di che e in un una è per con non si del della al da come più mi sono può questo ma se "
                + "nel alla anche ha"
        ),
        (
            "nl",
            "de het een en van is niet dat je in op te voor met zijn er aan ik u deze wordt ook als bij kan of naar om "
                + "uw hoe wat heeft"
        ),
        (
            "sv",
            "och att det är som en på för av inte med till den har jag kan du ett om vi från var eller så din hur men "
                + "här vad"
        ),
        (
            "pl",
            "i w nie na się że jest do z to jak o za co po czy ale od dla przez lub jako może być który są mój twój "
                + "proszę tak"
        ),
        (
            "tr",
            "ve bir bu için ile de da ne çok daha var mi olarak gibi ben sen nasıl olan kadar ama veya değil size benim "
                + "sonra lütfen en"
        ),
        (
            "id",
            "yang dan di untuk dengan ini itu dari tidak adalah pada anda saya akan dapat ke atau bisa dalam juga "
                + "bagaimana apa oleh karena lebih"
        ),
        (
            "vi",
            "và của là có không một cho các được trong với này bạn tôi để người những về như khi thể hoặc thế nào"
        ),
        (
            "ru",
            "и в не на что я с как это по вы для из к от но мы он все так или если можно мой ваш есть при быть"
        ),
        (
            "uk",
            "і в не на що я з як це та ви для до від але ми він все так або якщо можна мій ваш є при бути у"
        ),
        (
            "ar",
            "في من على إلى أن هذا ما هو التي مع لا عن كان هل هذه أو لم كيف ذلك الذي كل يمكن"
        ),
        (
            "fa",
            "و در به از که این را با است برای آن یک می شما من چگونه هم تا خود یا شود کنید"
        ),
    ]
}
