/// Texts as the index cuts them into words, and questions to it.
enum KnowledgeSearchText {
    /// A text whose characters without spaces between words stand by themselves: Chinese and Japanese are found by pairs
    /// of neighbours.
    static func spaced(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isIdeograph) else { return text }
        var spaced = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if isIdeograph(scalar) {
                spaced.append(" ")
                spaced.append(scalar)
                spaced.append(" ")
            } else {
                spaced.append(scalar)
            }
        }
        return String(spaced)
    }

    /// Words and pairs of characters that are looked for at most.
    private static let most = 200

    /// Any of the words, each as a quoted string of FTS5: nothing in a word can be an operator, a column or a prefix.
    /// Nil where nothing is left to look for.
    static func expression(_ words: [String]) -> String? {
        let phrases = words.lazy.flatMap(phrases).prefix(most)
        return phrases.isEmpty ? nil : phrases.map { "\"\($0)\"" }.joined(separator: " OR ")
    }

    /// What stands between the quotes: letters, digits and blanks; characters without spaces between words in pairs.
    private static func phrases(_ word: String) -> [String] {
        var (phrases, plain, ideographs): ([String], String.UnicodeScalarView, [Unicode.Scalar]) = ([], .init(), [])
        func flush() {
            if plain.contains(where: { isLetter($0) }) { phrases.append(String(plain)) }
            plain = .init()
            if ideographs.count == 1 { phrases.append(String(ideographs[0])) }
            for (one, other) in zip(ideographs, ideographs.dropFirst()) { phrases.append("\(one) \(other)") }
            ideographs = []
        }
        for scalar in word.unicodeScalars.prefix(1000) {
            if isIdeograph(scalar) {
                if !plain.isEmpty { flush() }
                ideographs.append(scalar)
            } else {
                if !ideographs.isEmpty { flush() }
                // Marks join what they stand on; all else parts, as it does in the index.
                plain.append(isLetter(scalar) || isMark(scalar) ? scalar : " ")
            }
        }
        flush()
        return phrases
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber:
            true
        default: false
        }
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: false
        }
    }

    private static func isIdeograph(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x3040...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3134F: true
        default: false
        }
    }
}
