import PitModel

/// Takes out HTML: its tags, comments, scripts and entities.
struct MarkupStep: CleaningStep {
    static let about = CleaningStepInfo(
        id: "markup", summary: "Takes out HTML: tags that it knows, comments, scripts and styles; reads entities.",
        options: [
            OptionInfo("tags", .flag, help: "take out tags; vector<int> stays what it is", example: "true"),
            OptionInfo("entities", .flag, help: "&amp; becomes &", example: "true"),
        ])

    private let (isTags, isEntities): (Bool, Bool)

    init(_ spec: CleaningStepSpec) throws(CleaningFault) {
        isTags = spec.flag("tags", true)
        isEntities = spec.flag("entities", true)
        if !isTags, !isEntities { throw CleaningFault("with neither `tags` nor `entities` it does nothing") }
    }

    mutating func clean(_ row: inout CleanedRow) -> CleaningVerdict {
        row.change { text in
            var text = text
            if isTags, text.utf8.contains(0x3C) { text = Tags.removed(from: text) }
            if isEntities, text.utf8.contains(0x26) { text = Entities.decoded(text) }
            return text
        }
        return .keep
    }
}

private enum Tags {
    /// Elements after which a line ends.
    private static let blocks: Set<String> = Set(
        """
        address article aside blockquote br caption dd details dialog div dl dt fieldset figcaption figure footer form h1 \
        h2 h3 h4 h5 h6 header hr li main nav ol option p pre section table tbody tfoot thead tr ul
        """.split(separator: " ").map(String.init))
    private static let inline: Set<String> = Set(
        """
        a abbr acronym area audio b base bdi bdo big body button canvas center cite code col colgroup data datalist del \
        dfn em embed font frame frameset head html i iframe img input ins kbd label legend link map mark meta meter \
        noscript object optgroup output param picture progress q rp rt ruby s samp script select slot small source span \
        strike strong style sub summary sup svg td template textarea th time title track tt u var video wbr
        """.split(separator: " ").map(String.init))
    /// What is in them is no text.
    private static let dropped: Set<String> = ["script", "style", "head", "noscript", "template", "svg", "iframe"]
    /// Bytes of one tag; what is longer is none.
    private static let longest = 8192

    static func removed(from text: String) -> String {
        let bytes = Array(text.utf8)
        var (result, at) = ([UInt8](), 0)
        // What has no end from some place on has none behind it: it is looked for once.
        var endless: Set<String> = []
        result.reserveCapacity(bytes.count)
        while at < bytes.count {
            guard bytes[at] == 0x3C else {
                result.append(bytes[at])
                at += 1
                continue
            }
            if let end = comment(bytes, at, &endless) {
                at = end
            } else if let tag = tag(bytes, at) {
                at = tag.end
                if blocks.contains(tag.name) {
                    endLine(&result)
                    // What stands between two elements is no indentation of the text.
                    while at < bytes.count, bytes[at] == 0x20 { at += 1 }
                }
                if !tag.isEnd, dropped.contains(tag.name), !endless.contains(tag.name) {
                    if let end = element(tag.name, bytes, at) { at = end } else { endless.insert(tag.name) }
                }
            } else {
                result.append(0x3C)
                at += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func endLine(_ result: inout [UInt8]) {
        while result.last == 0x20 { result.removeLast() }
        if !result.isEmpty, result.last != 0x0A { result.append(0x0A) }
    }

    /// Where a comment, a declaration or an instruction ends that begins there.
    private static func comment(_ bytes: [UInt8], _ start: Int, _ endless: inout Set<String>) -> Int? {
        if starts(bytes, start, with: "<!--") {
            guard !endless.contains("--") else { return nil }
            var at = start + 4
            while at + 2 < bytes.count {
                if bytes[at] == 0x2D, bytes[at + 1] == 0x2D, bytes[at + 2] == 0x3E { return at + 3 }
                at += 1
            }
            endless.insert("--")
            return nil
        }
        guard starts(bytes, start, with: "<!doctype") || starts(bytes, start, with: "<?xml") else { return nil }
        return bytes[start..<min(bytes.count, start + 512)].firstIndex(of: 0x3E).map { $0 + 1 }
    }

    /// - Parameter word: in lower case.
    private static func starts(_ bytes: [UInt8], _ start: Int, with word: StaticString) -> Bool {
        guard start + word.utf8CodeUnitCount <= bytes.count else { return false }
        for place in 0..<word.utf8CodeUnitCount {
            let byte = bytes[start + place]
            guard (byte &- 0x41 < 26 ? byte | 0x20 : byte) == word.utf8Start[place] else { return false }
        }
        return true
    }

    private static func tag(_ bytes: [UInt8], _ start: Int) -> (name: String, end: Int, isEnd: Bool)? {
        var at = start + 1
        let isEnd = at < bytes.count && bytes[at] == 0x2F
        if isEnd { at += 1 }
        let first = at
        while at < bytes.count, at - first < 12, bytes[at] | 0x20 &- 0x61 < 26 || at > first && bytes[at] &- 0x30 < 10 {
            at += 1
        }
        guard at > first, at < bytes.count, [0x3E, 0x2F, 0x20, 0x09, 0x0A, 0x0D].contains(bytes[at]) else { return nil }
        let name = String(decoding: bytes[first..<at].map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }, as: UTF8.self)
        guard blocks.contains(name) || inline.contains(name) else { return nil }
        var quote: UInt8?
        while at < bytes.count, at - start < longest {
            let byte = bytes[at]
            at += 1
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == 0x22 || byte == 0x27 {
                quote = byte
            } else if byte == 0x3E {
                return (name, at, isEnd)
            } else if byte == 0x3C {
                return nil
            }
        }
        return nil
    }

    /// Where the element's end tag ends; nil when it has none near.
    private static func element(_ name: String, _ bytes: [UInt8], _ start: Int) -> Int? {
        var at = start
        while at < bytes.count {
            guard bytes[at] == 0x3C, at + 1 < bytes.count, bytes[at + 1] == 0x2F else {
                at += 1
                continue
            }
            if let tag = tag(bytes, at), tag.isEnd, tag.name == name { return tag.end }
            at += 1
        }
        return nil
    }
}

private enum Entities {
    static func decoded(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var (result, at) = ([UInt8](), 0)
        result.reserveCapacity(bytes.count)
        while at < bytes.count {
            if bytes[at] == 0x26, let semicolon = bytes[at..<min(bytes.count, at + 12)].firstIndex(of: 0x3B),
                let scalar = scalar(bytes[at + 1..<semicolon]), let encoded = UTF8.encode(scalar)
            {
                result += encoded
                at = semicolon + 1
            } else {
                result.append(bytes[at])
                at += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Numbers 128 to 159 are Windows-1252's, as HTML has it.
    private static func scalar(_ name: ArraySlice<UInt8>) -> Unicode.Scalar? {
        guard name.first == 0x23 else { return named[String(decoding: name, as: UTF8.self)] }
        let digits = name.dropFirst()
        let isHex = digits.first.map { $0 | 0x20 == 0x78 } ?? false
        let text = String(decoding: isHex ? digits.dropFirst() : digits, as: UTF8.self)
        guard text.utf8.first != 0x2B, text.utf8.first != 0x2D, let value = UInt32(text, radix: isHex ? 16 : 10),
            value > 0
        else { return nil }
        return Unicode.Scalar(0x80..<0xA0 ~= value ? SingleBytes.windows[Int(value) - 0x80] : value)
    }

    private static let named: [String: Unicode.Scalar] = {
        var found: [String: Unicode.Scalar] = [:]
        // Latin-1 from U+00A0 on, in its order (HTML 4.01, section 24.2).
        let latin = """
            nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute \
            micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring \
            AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml \
            times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil \
            egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash \
            ugrave uacute ucirc uuml yacute thorn yuml
            """
        for (place, name) in latin.split(separator: " ").enumerated() {
            found[String(name)] = Unicode.Scalar(UInt32(0xA0 + place))
        }
        let others: [(String, UInt32)] = [
            ("amp", 0x26), ("lt", 0x3C), ("gt", 0x3E), ("quot", 0x22), ("apos", 0x27), ("OElig", 0x152),
            ("oelig", 0x153), ("Scaron", 0x160), ("scaron", 0x161), ("Yuml", 0x178), ("fnof", 0x192),
            ("circ", 0x2C6), ("tilde", 0x2DC), ("ensp", 0x2002), ("emsp", 0x2003), ("thinsp", 0x2009),
            ("zwnj", 0x200C), ("zwj", 0x200D), ("lrm", 0x200E), ("rlm", 0x200F), ("ndash", 0x2013), ("mdash", 0x2014),
            ("lsquo", 0x2018), ("rsquo", 0x2019), ("sbquo", 0x201A), ("ldquo", 0x201C), ("rdquo", 0x201D),
            ("bdquo", 0x201E), ("dagger", 0x2020), ("Dagger", 0x2021), ("bull", 0x2022), ("hellip", 0x2026),
            ("permil", 0x2030), ("prime", 0x2032), ("Prime", 0x2033), ("lsaquo", 0x2039), ("rsaquo", 0x203A),
            ("oline", 0x203E), ("euro", 0x20AC), ("trade", 0x2122), ("larr", 0x2190), ("uarr", 0x2191),
            ("rarr", 0x2192), ("darr", 0x2193), ("harr", 0x2194), ("rArr", 0x21D2), ("hArr", 0x21D4),
            ("forall", 0x2200),
            ("part", 0x2202), ("exist", 0x2203), ("empty", 0x2205), ("nabla", 0x2207), ("isin", 0x2208),
            ("prod", 0x220F), ("sum", 0x2211), ("minus", 0x2212), ("radic", 0x221A), ("infin", 0x221E),
            ("cap", 0x2229), ("cup", 0x222A), ("int", 0x222B), ("asymp", 0x2248), ("ne", 0x2260), ("equiv", 0x2261),
            ("le", 0x2264), ("ge", 0x2265), ("sub", 0x2282), ("sup", 0x2283), ("alpha", 0x3B1), ("beta", 0x3B2),
            ("gamma", 0x3B3), ("delta", 0x3B4), ("epsilon", 0x3B5), ("lambda", 0x3BB), ("mu", 0x3BC), ("pi", 0x3C0),
            ("rho", 0x3C1), ("sigma", 0x3C3), ("tau", 0x3C4), ("phi", 0x3C6), ("omega", 0x3C9), ("Delta", 0x394),
            ("Sigma", 0x3A3), ("Omega", 0x3A9),
        ]
        for (name, value) in others { found[name] = Unicode.Scalar(value) }
        return found
    }()
}
