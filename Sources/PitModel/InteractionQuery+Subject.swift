extension InteractionQuery {
    /// The query as words, for a screen's subject: `model=support-chat finding=pii/email feature=response_tokens
    /// least=512`. Spaces and percent signs within a value are written `%20` and `%25`. Reading it gives the same.
    ///
    /// The words are `model`, `connection`, `from` and `to` (milliseconds since 1970), `feature` with `least` and `most`
    /// or `word`, `finding`, `text`, and `id` once for each exchange that is meant.
    public var subject: String {
        var words: [String] = []
        func add(_ key: String, _ value: String?) {
            if let value { words.append("\(key)=\(Self.escape(value))") }
        }
        add("model", model?.description)
        add("connection", connection?.description)
        add("from", from.map { "\($0.milliseconds)" })
        add("to", to.map { "\($0.milliseconds)" })
        add("feature", feature)
        add("least", least.map { "\($0)" })
        add("most", most.map { "\($0)" })
        add("word", word)
        add("finding", finding)
        add("text", text)
        for id in ids ?? [] { add("id", id) }
        return words.joined(separator: " ")
    }

    /// Reads a subject; one that has no `=` in it is a model's name. Words that it does not know are left out.
    public init(subject: String) {
        self.init()
        guard subject.contains("=") else {
            if !subject.isEmpty { model = ModelName(subject) }
            return
        }
        for word in subject.split(separator: " ") {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2 else { continue }
            take(parts[0], Self.unescape(parts[1]))
        }
    }

    private mutating func take(_ key: String, _ value: String) {
        switch key {
        case "model": model = ModelName(value)
        case "connection": connection = ConnectionName(value)
        case "from": from = Int64(value).map(Timestamp.init(milliseconds:))
        case "to": to = Int64(value).map(Timestamp.init(milliseconds:))
        case "feature": feature = value
        case "least": least = Double(value)
        case "most": most = Double(value)
        case "word": word = value
        case "finding": finding = value
        case "text": text = value
        case "id": ids = (ids ?? []) + [value]
        default: break
        }
    }

    /// What is asked for, in words for people; empty when it is everything.
    public var words: String {
        var words: [String] = []
        if let model { words.append("of \(model)") }
        if let connection { words.append("from \(connection)") }
        if let finding { words.append(finding.isEmpty ? "with findings" : "with \(finding)") }
        if let feature {
            let bounds = [least.map { "≥ \($0.plain)" }, most.map { "≤ \($0.plain)" }].compactMap { $0 }
            words.append("\(feature) \(word ?? (bounds.isEmpty ? "known" : bounds.joined(separator: ", ")))")
        }
        if let text { words.append("saying `\(text)`") }
        if let ids { words.append("\(ids.count) chosen") }
        return words.joined(separator: "   ")
    }

    private static func escape(_ text: String) -> String {
        text.replacing("%", with: "%25").replacing(" ", with: "%20").replacing("\n", with: "%0A")
    }

    private static func unescape(_ text: String) -> String {
        text.replacing("%0A", with: "\n").replacing("%20", with: " ").replacing("%25", with: "%")
    }
}

extension Double {
    /// Without a fraction where there is none.
    fileprivate var plain: String { self == rounded() && abs(self) < 1e15 ? "\(Int64(self))" : "\(self)" }
}
