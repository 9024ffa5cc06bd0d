import PitGrid
import PitModel

/// Tokens of a dataset as a served model counts them: what is asked, and what is said of them.
enum DatasetTokens {
    static let questionID = "dataset-tokens"

    /// Connections that may count.
    static func servers(_ world: World) -> [String] {
        world.snapshot.connections.filter { $0.kind == "openai" }.map(\.name.description)
    }

    static func question(_ dataset: String, _ servers: [String], before: PromptTrial.Target?) -> Question {
        Question(
            questionID, title: "Count the tokens of \(dataset)",
            body: [
                "The server's /tokenize is asked for up to \(TokenCensus.usualRows) rows.",
                "Left and right go through the servers; CONNECTION:MODEL names one of several models.",
            ],
            fields: [
                .init(
                    "on", "On", value: before?.description ?? servers.first ?? "", choices: servers, isRequired: true)
            ], verb: "Count", isMutating: false)
    }

    /// How far it is, what all have together, and what went wrong.
    static func headline(_ census: TokenCensus) -> (words: String, role: Role) {
        let by = "tokens by \(census.target)"
        switch census.stage {
        case .reading(let share): return ("\(by): reading the rows, \(Figures.percent(share))   x stops", .notice)
        case .counting(let done, let all): return ("\(by): \(done) of \(all) texts counted   x stops", .notice)
        case .broken(let why):
            // What to do comes first where there is no room for both.
            return ("\(by): \(why)" + (census.members.isEmpty ? "" : " Counted before: \(totals(census))"), .fail)
        case .stopped:
            return ("\(by): stopped. " + (census.members.isEmpty ? "t counts again" : totals(census)), .warn)
        case .done:
            let isOver = census.members.contains { ($0.over ?? 0) > 0 }
            return ("\(by): \(totals(census))", isOver ? .warn : .text)
        }
    }

    private static func totals(_ census: TokenCensus) -> String {
        if census.members.isEmpty { return "no text was counted" }
        let all = census.members.map { member in
            let over = (member.over ?? 0) > 0 ? " (\(member.over ?? 0) too long)" : ""
            return "\(member.name) \(total(member, census))\(over)"
        }.joined(separator: ", ")
        return all + ", of \(Figures.short(Double(census.lookedAt))) of \(Figures.short(Double(census.rows))) rows"
    }

    private static func total(_ member: TokenCensus.Member, _ census: TokenCensus) -> String {
        (census.isSample ? "~" : "") + Figures.short(Double(member.total))
    }

    /// What is said of one member; short, for they stand beside a chart.
    static func lines(_ census: TokenCensus, of name: String) -> [(String, Role)] {
        guard let member = census.members.first(where: { $0.name == name }) else { return [] }
        var lines: [(String, Role)] = [
            ("tokens: \(total(member, census)) in all, mean \(Figures.short(member.mean))", .text),
            (
                "  p50 \(Figures.short(member.median)), p95 \(Figures.short(member.p95)), most "
                    + Figures.short(Double(member.most)), .text
            ),
        ]
        if let limit = member.limit, let over = member.over {
            lines.append(
                ("  \(over) of \(member.texts) are over the model's \(limit)", over > 0 ? .fail : .ok))
        } else {
            lines.append(("  the server does not say what the model takes", .dim))
        }
        return lines
    }
}
