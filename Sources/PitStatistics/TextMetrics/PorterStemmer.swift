/// Porter's stemmer (1980) with the extensions of NLTK's default mode, which ROUGE's reference implementation uses.
/// Takes lower-case ASCII.
public enum PorterStemmer {
    public static func stem(_ word: String) -> String {
        var bytes = Array(word.utf8)
        stem(&bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    static func stem(_ word: inout [UInt8]) {
        guard word.count > 2 else { return }
        if let known = irregular[String(decoding: word, as: UTF8.self)] {
            word = Array(known.utf8)
            return
        }
        step1a(&word)
        step1b(&word)
        step1c(&word)
        step2(&word)
        apply(step3, &word) { measure($0) > 0 }
        step4(&word)
        step5(&word)
    }

    private static let irregular: [String: String] = [
        "sky": "sky", "skies": "sky", "dying": "die", "lying": "lie", "tying": "tie", "news": "news",
        "inning": "inning", "innings": "inning", "outing": "outing", "outings": "outing", "canning": "canning",
        "cannings": "canning", "howe": "howe", "proceed": "proceed", "exceed": "exceed", "succeed": "succeed",
    ]

    private static func isVowelLetter(_ byte: UInt8) -> Bool {
        byte == 0x61 || byte == 0x65 || byte == 0x69 || byte == 0x6F || byte == 0x75
    }

    /// `y` is a consonant at the beginning and after a vowel.
    private static func isConsonant(_ word: [UInt8], _ at: Int) -> Bool {
        if isVowelLetter(word[at]) { return false }
        guard word[at] == 0x79 else { return true }
        // A run of y takes turns.
        var first = at
        while first > 0, word[first - 1] == 0x79 { first -= 1 }
        let firstIsConsonant = first == 0 || isVowelLetter(word[first - 1])
        return (at - first).isMultiple(of: 2) ? firstIsConsonant : !firstIsConsonant
    }

    /// How often a consonant follows a vowel.
    private static func measure(_ stem: [UInt8]) -> Int {
        var (count, wasVowel) = (0, false)
        for at in stem.indices {
            let isVowel = !isConsonant(stem, at)
            if wasVowel, !isVowel { count += 1 }
            wasVowel = isVowel
        }
        return count
    }

    private static func hasVowel(_ stem: [UInt8]) -> Bool { stem.indices.contains { !isConsonant(stem, $0) } }

    private static func endsDouble(_ word: [UInt8]) -> Bool {
        word.count >= 2 && word[word.count - 1] == word[word.count - 2] && isConsonant(word, word.count - 1)
    }

    /// Consonant, vowel, consonant other than w, x, y; or of two letters, a vowel and a consonant.
    private static func endsShort(_ word: [UInt8]) -> Bool {
        let n = word.count
        if n >= 3 {
            return isConsonant(word, n - 3) && !isConsonant(word, n - 2) && isConsonant(word, n - 1)
                && word[n - 1] != 0x77 && word[n - 1] != 0x78 && word[n - 1] != 0x79
        }
        return n == 2 && !isConsonant(word, 0) && isConsonant(word, 1)
    }

    private static func ends(_ word: [UInt8], _ suffix: [UInt8]) -> Bool {
        word.count >= suffix.count && word[(word.count - suffix.count)...].elementsEqual(suffix)
    }

    private static func ends(_ word: [UInt8], _ suffix: StaticString) -> Bool {
        guard word.count >= suffix.utf8CodeUnitCount else { return false }
        let start = word.count - suffix.utf8CodeUnitCount
        for i in 0..<suffix.utf8CodeUnitCount where word[start + i] != suffix.utf8Start[i] { return false }
        return true
    }

    private static func step1a(_ word: inout [UInt8]) {
        if ends(word, "ies"), word.count == 4 {
            word.removeLast()
        } else if ends(word, "sses") || ends(word, "ies") {
            word.removeLast(2)
        } else if !ends(word, "ss"), ends(word, "s") {
            word.removeLast()
        }
    }

    private static func step1b(_ word: inout [UInt8]) {
        if ends(word, "ied") {
            word.removeLast(word.count == 4 ? 1 : 2)
            return
        }
        if ends(word, "eed") {
            if measure(Array(word.dropLast(3))) > 0 { word.removeLast() }
            return
        }
        let cut = ends(word, "ed") ? 2 : ends(word, "ing") ? 3 : 0
        guard cut > 0 else { return }
        let stem = Array(word.dropLast(cut))
        guard hasVowel(stem) else { return }
        word = stem
        if ends(word, "at") || ends(word, "bl") || ends(word, "iz") {
            word.append(0x65)
        } else if endsDouble(word) {
            let last = word[word.count - 1]
            if last != 0x6C, last != 0x73, last != 0x7A { word.removeLast() }
        } else if measure(word) == 1, endsShort(word) {
            word.append(0x65)
        }
    }

    private static func step1c(_ word: inout [UInt8]) {
        guard word.last == 0x79, word.count > 2, isConsonant(word, word.count - 2) else { return }
        word[word.count - 1] = 0x69
    }

    private typealias Rule = (suffix: [UInt8], replacement: [UInt8])
    private static func rules(_ pairs: [(String, String)]) -> [Rule] {
        pairs.map { (Array($0.0.utf8), Array($0.1.utf8)) }
    }

    private static let step2Rules = rules([
        ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"), ("bli", "ble"),
        ("alli", "al"), ("entli", "ent"), ("eli", "e"), ("ousli", "ous"), ("ization", "ize"), ("ation", "ate"),
        ("ator", "ate"), ("alism", "al"), ("iveness", "ive"), ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"),
        ("iviti", "ive"), ("biliti", "ble"), ("fulli", "ful"),
    ])
    private static let step3 = rules([
        ("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", ""),
    ])
    private static let step4Rules = rules(
        [
            "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou", "ism", "ate",
            "iti", "ous", "ive", "ize",
        ].map { ($0, "") })

    /// The first suffix that the word has ends the step, whether its condition holds or not.
    private static func apply(_ rules: [Rule], _ word: inout [UInt8], _ holds: ([UInt8]) -> Bool) {
        for rule in rules where ends(word, rule.suffix) {
            let stem = Array(word.dropLast(rule.suffix.count))
            if holds(stem) { word = stem + rule.replacement }
            return
        }
    }

    private static func step2(_ word: inout [UInt8]) {
        if ends(word, "alli"), measure(Array(word.dropLast(4))) > 0 {
            word.removeLast(2)
            return step2(&word)
        }
        for rule in step2Rules where ends(word, rule.suffix) {
            let stem = Array(word.dropLast(rule.suffix.count))
            if measure(stem) > 0 { word = stem + rule.replacement }
            return
        }
        // The condition is on the word less its last three letters, so that `log` stays.
        if ends(word, "logi"), measure(Array(word.dropLast(3))) > 0 { word.removeLast() }
    }

    private static func step4(_ word: inout [UInt8]) {
        for rule in step4Rules where ends(word, rule.suffix) {
            let stem = Array(word.dropLast(rule.suffix.count))
            guard measure(stem) > 1 else { return }
            if ends(word, "ion"), stem.last != 0x73, stem.last != 0x74 { return }
            word = stem
            return
        }
    }

    private static func step5(_ word: inout [UInt8]) {
        if word.last == 0x65 {
            let stem = Array(word.dropLast())
            let count = measure(stem)
            if count > 1 || (count == 1 && !endsShort(stem)) { word = stem }
        }
        if ends(word, "ll"), measure(Array(word.dropLast())) > 1 { word.removeLast() }
    }
}
