/// The words of a comment line: `# KEYWORD name rest`.
struct CommentWords {
    private(set) var keyword: String?
    private(set) var name: String?
    private(set) var rest = ""

    /// By Unicode scalars: a combining mark must not hide the blank or the quote before it.
    init(_ text: String) {
        var left = text.unicodeScalars.dropFirst()
        guard let first = left.first, Self.isBlank(first) else { return }
        left = left.drop(while: Self.isBlank)
        let word = left.prefix { !Self.isBlank($0) }
        keyword = String(word)
        left = left[word.endIndex...].drop(while: Self.isBlank)
        if left.first == "\"" {
            readQuoted(left)
            return
        }
        let named = left.prefix { !Self.isBlank($0) }
        name = String(named)
        rest = String(left[named.endIndex...].drop(while: Self.isBlank))
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" }

    private mutating func readQuoted(_ text: Substring.UnicodeScalarView) {
        var left = text.dropFirst()
        var inside = String.UnicodeScalarView()
        while let next = left.first, next != "\"" {
            inside.append(next)
            left = left.dropFirst()
            if next == "\\", let escaped = left.first {
                inside.append(escaped)
                left = left.dropFirst()
            }
        }
        guard !left.isEmpty else { return }
        name = Self.unescape(String(inside), quotes: true)
        rest = String(left.dropFirst().drop(while: Self.isBlank))
    }

    /// `\\` and `\n`, and `\"` where quotes are escaped as well; any other backslash stands for itself.
    static func unescape(_ text: String, quotes: Bool) -> String {
        guard text.utf8.contains(0x5C) else { return text }
        var result = ""
        var escaped = false
        for scalar in text.unicodeScalars {
            if escaped {
                switch scalar {
                case "n": result.unicodeScalars.append("\n")
                case "\\": result.unicodeScalars.append("\\")
                case "\"" where quotes: result.unicodeScalars.append("\"")
                default: result.unicodeScalars.append(contentsOf: ["\\", scalar])
                }
                escaped = false
            } else if scalar == "\\" {
                escaped = true
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        if escaped { result.append("\\") }
        return result
    }
}

extension String {
    var trimmingBlanks: String {
        var view = self[...]
        while let first = view.first, first == " " || first == "\t" { view = view.dropFirst() }
        while let last = view.last, last == " " || last == "\t" { view = view.dropLast() }
        return String(view)
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether no byte has its high bit set; eight at a time.
    var allASCII: Bool {
        guard let base = baseAddress else { return true }
        let raw = UnsafeRawPointer(base)
        var i = 0
        var all: UInt64 = 0
        while i + 8 <= count {
            all |= raw.loadUnaligned(fromByteOffset: i, as: UInt64.self)
            i += 8
        }
        while i < count {
            all |= UInt64(base[i])
            i += 1
        }
        return all & 0x8080_8080_8080_8080 == 0
    }

    /// Whether the bytes are well-formed UTF-8.
    var isUTF8: Bool { allASCII || String(validating: self, as: UTF8.self) != nil }
}
