/// Shows what must not reach a terminal (control characters, escape sequences, bidi overrides) visibly.
public enum Sanitizer {
    public static func visible(_ raw: String) -> String {
        guard raw.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }) else {
            return raw
        }
        var clean = String.UnicodeScalarView()
        for scalar in raw.unicodeScalars {
            if scalar.value < 0x20, let picture = Unicode.Scalar(0x2400 + scalar.value) {
                clean.append(picture)
            } else if (0x7F...0x9F).contains(scalar.value) {
                clean.append("\u{2421}")
            } else {
                clean.append(scalar)
            }
        }
        return String(clean)
    }
}
