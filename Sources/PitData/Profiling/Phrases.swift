import PitParse

/// What texts say again and again: runs of words that stand in most of them.
enum Phrases {
    private static let length = 3
    /// Texts in which a run must stand, and runs that are told.
    private static let (least, most) = (3, 5)

    /// Texts that are looked into.
    private static let mostTexts = 500

    /// - Parameter texts: as they stand in JSON.
    static func most(of all: [String]) -> [(words: String, count: Int)] {
        let step = max(1, all.count / mostTexts)
        let texts = stride(from: 0, to: all.count, by: step).map { plain(all[$0]) }
        var counts: [UInt64: (count: Int, text: Int, place: Range<Int>)] = [:]
        for (number, text) in texts.enumerated() {
            var (words, seen): ([(hash: UInt64, place: Range<Int>)], Set<UInt64>) = ([], [])
            TextDuplicates.eachWord(of: text) { words.append(($0, $1)) }
            guard words.count >= length else { continue }
            for start in 0...(words.count - length) {
                var hash: UInt64 = 0x2545_f491_4f6c_dd1d
                for word in words[start..<start + length] { hash = (hash ^ word.hash) &* 0x9e37_79b9_7f4a_7c15 }
                guard seen.insert(hash).inserted else { continue }
                if counts[hash] != nil {
                    counts[hash]?.count += 1
                } else {
                    let place = words[start].place.lowerBound..<words[start + length - 1].place.upperBound
                    counts[hash] = (1, number, place)
                }
            }
        }
        let often = counts.values.filter { $0.count >= least }.sorted {
            ($1.count, $0.text, $0.place.lowerBound) < ($0.count, $1.text, $1.place.lowerBound)
        }
        return often.prefix(most).map { (words(texts[$0.text], $0.place), $0.count) }
    }

    /// Without the escapes of JSON; one that was cut within an escape stays as it is.
    private static func plain(_ text: String) -> String {
        guard text.utf8.contains(0x5C) else { return text }
        return JSONReader.value(of: "\"\(text)\"")?.text ?? text
    }

    private static func words(_ text: String, _ place: Range<Int>) -> String {
        let utf8 = Array(text.utf8.dropFirst(place.lowerBound).prefix(place.count))
        return String(decoding: utf8, as: UTF8.self).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}

extension JSONBytes {
    /// A record of CSV as an object.
    mutating func object(of row: DataRow) {
        byte(0x7B)
        for (place, field) in row.texts.enumerated() {
            if place > 0 { byte(0x2C) }
            string(field.column)
            byte(0x3A)
            if field.text.isEmpty {
                raw("null")
            } else if Self.isNumber(field.text.utf8) {
                copy(field.text)
            } else {
                string(field.text)
            }
        }
        byte(0x7D)
    }

    /// Whether a text is a number as JSON writes it; `007` is none, and an identifier.
    private static func isNumber(_ text: String.UTF8View) -> Bool {
        guard text.count < 40 else { return false }
        var rest = text[...]
        func isDigit(_ byte: UInt8?) -> Bool { byte.map { $0 &- 0x30 < 10 } ?? false }
        func skipDigits() { rest = rest.drop { $0 &- 0x30 < 10 } }
        if rest.first == 0x2D { rest = rest.dropFirst() }
        guard isDigit(rest.first) else { return false }
        let isZero = rest.first == 0x30
        rest = rest.dropFirst()
        if isZero, isDigit(rest.first) { return false }
        skipDigits()
        if rest.first == 0x2E {
            rest = rest.dropFirst()
            guard isDigit(rest.first) else { return false }
            skipDigits()
        }
        if let exponent = rest.first, exponent | 0x20 == 0x65 {
            rest = rest.dropFirst()
            if rest.first == 0x2B || rest.first == 0x2D { rest = rest.dropFirst() }
            guard isDigit(rest.first) else { return false }
            skipDigits()
        }
        return rest.isEmpty
    }
}
