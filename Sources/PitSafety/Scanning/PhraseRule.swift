public import PitModel

/// Words that follow one another and together are a weak sign: `ignore`, soon `previous`, soon `instructions`.
///
/// Letters are compared in lower case, and whatever is neither letter nor digit is a space, one for many; so
/// `don't` is written `don t`, or as it is. Zero-width characters and full-width forms do not hide a word.
public struct PhraseRule: Sendable {
    public var kind: String
    /// 0...1: how sure it is.
    public var score: Double
    /// Of each part the ways to say it. A way is whole words; one that ends in `*` is how a word begins. What is
    /// written without spaces (Chinese, Japanese, Thai) is looked for anywhere.
    public var parts: [[String]]
    /// UTF-8 bytes that may lie between a part and the next.
    public var gap: Int
    /// Nil: either.
    public var side: Finding.Side?

    /// - Parameter parts: each with its ways to say it, separated by `|`.
    public init(_ kind: String, _ score: Double, _ parts: String..., gap: Int = 32, side: Finding.Side? = nil) {
        (self.kind, self.score, self.gap, self.side) = (kind, score, gap, side)
        self.parts = parts.map { $0.split(separator: "|").map(String.init) }
    }
}

/// A rule that holds in a text.
struct PhraseHit: Equatable {
    /// Its index among all rules of the machine.
    var rule: Int
    var range: Range<Int>
}
