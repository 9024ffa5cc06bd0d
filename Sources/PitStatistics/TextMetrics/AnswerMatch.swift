/// Exact match and token F1 as SQuAD 1.1's evaluation computes them: lower case, ASCII punctuation away, then the
/// articles, then white space folded.
public enum AnswerMatch {
    public struct Score: Equatable, Sendable {
        /// Shares, 0...1.
        public var exact: Double
        public var f1: Double
        public init(exact: Double, f1: Double) { (self.exact, self.f1) = (exact, f1) }
    }

    public static func normalized(_ text: String) -> String { words(text).joined(separator: " ") }

    private static func words(_ text: String) -> [String] {
        var kept = String.UnicodeScalarView()
        for scalar in PythonText.lowercased(text).unicodeScalars
        where !(scalar.value < 0x80 && ChrF.isPunctuation(UInt8(scalar.value))) {
            kept.append(PythonText.isSpace(scalar) ? " " : scalar)
        }
        return withoutArticles(String(kept)).split(separator: " ").map(String.init)
    }

    /// `a`, `an` and `the` between what is no letter, digit or underscore.
    private static func withoutArticles(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        func isWord(_ at: Int) -> Bool {
            guard scalars.indices.contains(at) else { return false }
            let scalar = scalars[at]
            switch scalar.properties.generalCategory {
            case .decimalNumber, .letterNumber, .otherNumber: return true
            default: return scalar.value == 0x5F || scalar.properties.isAlphabetic && isLetter(scalar)
            }
        }
        func isLetter(_ scalar: Unicode.Scalar) -> Bool {
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
            default: false
            }
        }
        var result = String.UnicodeScalarView()
        var at = 0
        while at < scalars.count {
            guard isWord(at), !isWord(at - 1) else {
                result.append(scalars[at])
                at += 1
                continue
            }
            var end = at
            while isWord(end) { end += 1 }
            var word = String.UnicodeScalarView()
            word.append(contentsOf: scalars[at..<end])
            if ["a", "an", "the"].contains(String(word)) {
                result.append(" ")
            } else {
                result.append(contentsOf: word)
            }
            at = end
        }
        return String(result)
    }

    /// Of one answer against the truths, the best of each figure.
    public static func score(_ answer: String, _ truths: [String]) -> Score {
        let own = words(answer)
        var best = Score(exact: 0, f1: 0)
        for truth in truths {
            let other = words(truth)
            if own == other { best.exact = 1 }
            var left: [String: Int] = [:]
            for word in other { left[word, default: 0] += 1 }
            var hits = 0
            for word in own {
                if let count = left[word], count > 0 {
                    left[word] = count - 1
                    hits += 1
                }
            }
            guard hits > 0 else { continue }
            let (precision, recall) = (Double(hits) / Double(own.count), Double(hits) / Double(other.count))
            best.f1 = max(best.f1, 2 * precision * recall / (precision + recall))
        }
        return best
    }

    /// The mean over all lines, in percent.
    public static func corpus(_ answers: TextLines, _ truths: [TextLines]) throws(TextMetricFault) -> Score {
        try TextMetricFault.check(answers, truths)
        var sum = Score(exact: 0, f1: 0)
        for index in 0..<answers.count {
            let one = score(
                String(decoding: answers[index], as: UTF8.self),
                truths.map { String(decoding: $0[index], as: UTF8.self) })
            sum.exact += one.exact
            sum.f1 += one.f1
        }
        let count = Double(answers.count)
        return Score(exact: 100 * sum.exact / count, f1: 100 * sum.f1 / count)
    }
}
