/// Texts as YAML writes them: lines as a literal block where they can stand so, anything else in double quotes. Whatever
/// a text is, every reader of YAML 1.1 and 1.2 gives the same back.
enum YAMLText {
    /// - Parameter indent: of the lines of a block.
    static func value(_ text: String, indent: Int = 2) -> String {
        guard isBlock(text) else { return quoted(text) }
        let margin = String(repeating: " ", count: indent)
        return "|-"
            + text.split(separator: "\n", omittingEmptySubsequences: false).map {
                "\n" + ($0.isEmpty ? "" : margin + $0)
            }.joined()
    }

    private static func isBlock(_ text: String) -> Bool {
        guard text.utf8.contains(0x0A), !text.hasPrefix(" "), !text.hasPrefix("\n"), !text.hasSuffix("\n"),
            !text.contains("\n\n\n\n"), text.unicodeScalars.allSatisfy({ $0 == "\n" || isPrintable($0) })
        else { return false }
        return !text.split(separator: "\n").contains { $0.hasSuffix(" ") }
    }

    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where isPrintable(scalar): result.unicodeScalars.append(scalar)
            default:
                let hex = String(scalar.value, radix: 16)
                let width = scalar.value > 0xFFFF ? 8 : 4
                result += (width == 8 ? "\\U" : "\\u") + String(repeating: "0", count: width - hex.count) + hex
            }
        }
        return result + "\""
    }

    /// What may stand for itself: no control, no line end but the one of the block, no mark of byte order.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD: true
        case 0x10000...0x10FFFF: scalar.value & 0xFFFE != 0xFFFE
        default: false
        }
    }
}
