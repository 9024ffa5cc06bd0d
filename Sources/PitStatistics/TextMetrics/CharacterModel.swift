import Glibc

/// A model of which character follows which: runs of up to four Unicode scalars, each length falling back on the one below it
/// by how many different characters were seen behind it (Witten and Bell, 1991, method C), and at last on all characters
/// alike. Bounded: what is counted lies in tables of a fixed size by hash, where rare runs may share a place.
public struct CharacterModel: Sendable {
    private static let order = 4
    private var grams = [UInt32](repeating: 0, count: 1 << 20)
    private var contexts = [Context](repeating: Context(), count: 1 << 18)
    private var alphabet: Set<UInt32> = []

    /// How often something stood behind a context, and how many different characters did.
    private struct Context: Sendable {
        var total: UInt32 = 0
        var kinds: UInt32 = 0
    }

    public init() {}

    /// Scalars of a text that are looked at.
    public static let longest = 1000

    /// The places of a scalar behind the last ones, from none of them on.
    @inline(__always)
    private static func eachOrder(_ last: UInt64, _ scalar: UInt32, _ body: (_ context: Int, _ gram: Int) -> Void) {
        for length in 0..<order {
            let known = length == 0 ? 0 : last & (UInt64.max >> UInt64(64 - 21 * length))
            let context = MinHash.mix(known &+ UInt64(length) &* 0x9e37_79b9_7f4a_7c15)
            let gram = MinHash.mix(context ^ UInt64(scalar) &* 0xd1b5_4a32_d192_ed03)
            body(Int(context >> 46), Int(gram >> 44))
        }
    }

    public mutating func learn(_ text: String) {
        var last: UInt64 = 0
        for scalar in text.unicodeScalars.prefix(Self.longest) {
            alphabet.insert(scalar.value)
            Self.eachOrder(last, scalar.value) { context, gram in
                if grams[gram] == 0 { contexts[context].kinds += 1 }
                grams[gram] += 1
                contexts[context].total += 1
            }
            last = last << 21 | UInt64(scalar.value)
        }
    }

    /// How little a text's characters were to be expected: two to the mean of their information in bits, from 1 on; about as
    /// many characters came into question at each place. Nil of an empty text.
    public func perplexity(of text: String) -> Double? {
        var (last, sum, count): (UInt64, Double, Double) = (0, 0, 0)
        let uniform = 1 / Double(alphabet.count + 1)
        for scalar in text.unicodeScalars.prefix(Self.longest) {
            var share = uniform
            Self.eachOrder(last, scalar.value) { context, gram in
                let (total, kinds) = (Double(contexts[context].total), Double(contexts[context].kinds))
                if total > 0 { share = (Double(grams[gram]) + kinds * share) / (total + kinds) }
            }
            sum -= log2(share)
            count += 1
            last = last << 21 | UInt64(scalar.value)
        }
        return count > 0 ? exp2(sum / count) : nil
    }
}
