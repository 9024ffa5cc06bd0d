public import PitModel

/// The share of a response that is program text: what stands between fences, and lines that look like it elsewhere.
public enum CodeShare: ResponseDescriptor {
    public static let (key, title) = ("code_share", "code share")
    public static let unit = SignalUnit.ratio

    public static func value(of text: ExchangeText) -> Interaction.Attribute? {
        text.response.flatMap { of($0.bytes) }.map { .number($0) }
    }

    /// Nil for an empty text.
    public static func of(_ bytes: [UInt8]) -> Double? {
        guard !bytes.isEmpty else { return nil }
        var (code, isFenced) = (0, false)
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            let inner = line.drop { $0 == 0x20 || $0 == 0x09 }
            if inner.starts(with: [0x60, 0x60, 0x60]) {
                isFenced.toggle()
            } else if isFenced || looksLikeCode(inner) {
                code += line.count + 1
            }
        }
        return min(1, Double(code) / Double(bytes.count))
    }

    private static let beginnings = [
        "def ", "class ", "import ", "from ", "#include", "func ", "fn ", "const ", "let ", "var ", "public ",
        "private ", "return ", "SELECT ", "INSERT ", "UPDATE ", "$ ", "if (", "for (", "while (", "} else",
    ].map { Array($0.utf8) }
    private static let openings: Set<UInt8> = [0x7B, 0x7D, 0x3B]  // { } ;

    private static func looksLikeCode(_ line: ArraySlice<UInt8>) -> Bool {
        guard let last = line.last(where: { $0 != 0x20 && $0 != 0x0D }) else { return false }
        if openings.contains(last) { return true }
        // Prose begins with such words, too; program text has its signs in the line.
        return beginnings.contains { line.starts(with: $0) }
            && line.contains { $0 == 0x28 || $0 == 0x3D || $0 == 0x2A || $0 == 0x3C || $0 == 0x2F }
    }
}
