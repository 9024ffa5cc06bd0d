/// The part of MLflow's filters that the demo understands: comparisons joined by AND.
struct TrackingFilter {
    private struct Comparison {
        var key: String
        var sign: String
        var value: String
    }
    private var all: [Comparison] = []
    /// What it does not understand.
    private(set) var refused: String?

    init(_ text: String) {
        var rest = text[...]
        while true {
            rest = rest.drop { $0 == " " }
            if rest.isEmpty { return }
            let key = Self.key(&rest)
            rest = rest.drop { $0 == " " }
            let sign = String(rest.prefix { "=!<>".contains($0) })
            rest = rest.dropFirst(sign.count).drop { $0 == " " }
            guard ["=", "!="].contains(sign), let quote = rest.first, quote == "'" || quote == "\"",
                let end = rest.dropFirst().firstIndex(of: quote)
            else {
                refused = text
                return
            }
            all.append(Comparison(key: key, sign: sign, value: String(rest[rest.index(after: rest.startIndex)..<end])))
            rest = rest[rest.index(after: end)...].drop { $0 == " " }
            if rest.lowercased().hasPrefix("and ") { rest = rest.dropFirst(4) }
        }
    }

    /// `name`, `tags.owner`, "tags.`mlflow.prompt.is_prompt`".
    private static func key(_ rest: inout Substring) -> String {
        var (key, isQuoted) = ("", false)
        while let next = rest.first, isQuoted || !" =!<>".contains(next) {
            rest = rest.dropFirst()
            if next == "`" { isQuoted.toggle() } else { key.append(next) }
        }
        return key
    }

    var names: [String] { all.map(\.key) }

    func holds(_ value: (String) -> String?) -> Bool {
        all.allSatisfy { one in (value(one.key) == one.value) == (one.sign == "=") }
    }
}
