public import PitModel

/// Turns a series' text, `name{label="value",...}`, into a key, and back.
public enum SeriesText {
    /// The key of a text that the parser accepted; nil for any other text.
    public static func key(_ bytes: some Collection<UInt8>) -> SeriesKey? {
        if let plain = bytes.withContiguousStorageIfAvailable(PlainSeries.key), let plain { return plain }
        return spelled(bytes)
    }

    /// The long way: any blanks, quoted names, escapes.
    static func spelled(_ bytes: some Collection<UInt8>) -> SeriesKey? {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        var scanner = TextScanner(text)
        var name = scanner.name(colons: true)
        var labels: [Label] = []
        scanner.skipBlanks()
        if scanner.take("{") {
            while true {
                scanner.skipBlanks()
                if scanner.take("}") { break }
                let quoted = scanner.quoted()
                let label = quoted ?? scanner.name(colons: false)
                scanner.skipBlanks()
                if scanner.take("=") {
                    scanner.skipBlanks()
                    guard !label.isEmpty, label != "__name__", labels.count < LabelNames.limit,
                        let value = scanner.quoted(), !labels.contains(where: { isSame($0.name, label) })
                    else { return nil }
                    labels.append(Label(label, value))
                } else {
                    guard quoted != nil, name.isEmpty else { return nil }
                    name = label
                }
                scanner.skipBlanks()
                if !scanner.take(","), !scanner.isAt("}") { return nil }
            }
        }
        scanner.skipBlanks()
        return name.isEmpty || !scanner.isAtEnd ? nil : SeriesKey(name, labels)
    }

    /// By bytes, as servers compare names: to Swift a letter and its mark equal the letter that has one.
    private static func isSame(_ a: String, _ b: String) -> Bool { a == b && a.utf8.elementsEqual(b.utf8) }

    /// The canonical text: labels sorted, names quoted where they must be.
    public static func spell(_ key: SeriesKey) -> String {
        let isPlain = isName(key.name, colons: true)
        var parts = isPlain ? [] : ["\"\(escape(key.name))\""]
        for label in key.labels {
            let name = isName(label.name, colons: false) ? label.name : "\"\(escape(label.name))\""
            parts.append("\(name)=\"\(escape(label.value))\"")
        }
        let braces = parts.isEmpty ? "" : "{\(parts.joined(separator: ","))}"
        return (isPlain ? key.name : "") + braces
    }

    /// Whether a name may stand without quotes.
    static func isName(_ text: String, colons: Bool) -> Bool {
        guard let first = text.utf8.first else { return false }
        let (start, part) = colons ? (Alphabet.nameStart, Alphabet.namePart) : (Alphabet.labelStart, Alphabet.labelPart)
        return Alphabet.flags[Int(first)] & start != 0 && text.utf8.allSatisfy { Alphabet.flags[Int($0)] & part != 0 }
    }

    /// Backslash, quote and line feed escaped, as label values and PromQL strings want it.
    public static func escape(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0x5C || $0 == 0x22 || $0 == 0x0A }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

extension MetricsPage {
    /// The key of one of the page's rows.
    public func key(of row: Row) -> SeriesKey? {
        let start = Int(row.start)
        let end = start + Int(row.length)
        guard end <= bytes.count else { return nil }
        return SeriesText.key(bytes[start..<end])
    }

    /// Every row with its key, one after the other.
    public var samples: some Sequence<Sample> {
        rows.lazy.compactMap { row in
            key(of: row).map { key in
                let has = row.timestamp != Row.noTimestamp
                return Sample(key, row.value, at: has ? Timestamp(milliseconds: row.timestamp) : nil)
            }
        }
    }
}
