import PitGrid
import PitModel

/// Prompts as rows and as lines.
enum PromptReport {
    static func list(_ prompts: [Prompt], _ now: Timestamp) -> Report {
        Report(
            columns: [
                .init(key: "name", title: "PROMPT"), .init(key: "source", title: "FROM"),
                .init(key: "latest_version", title: "VERSIONS"), .init(key: "aliases", title: "ALIASES"),
                .init(key: "changed_at", title: nil),
                .init(key: "age_seconds", title: "CHANGED", show: { Report.duration($0) }),
                .init(key: "author", title: "BY"), .init(key: "message", title: "MESSAGE"),
                .init(key: "tags", title: "TAGS", isWide: true),
            ],
            rows: prompts.map { prompt in
                [
                    .text(prompt.name), .text(prompt.source.description),
                    prompt.latest.map { .count($0) } ?? Report.Value.none,
                    .map(Dictionary(prompt.aliases.map { ($0.name, "\($0.version)") }, uniquingKeysWith: { $1 })),
                    .optional(prompt.changedAt), .optional(prompt.changedAt.map { max(0, now.since($0)) }),
                    .optional(prompt.author), .optional(prompt.message.isEmpty ? nil : prompt.message),
                    .map(prompt.tags),
                ]
            }, emptyText: "no prompts yet; make one: pitwall prompt new NAME --file F --message M")
    }

    static func version(_ version: PromptVersion, of prompt: Prompt) -> Report {
        Report(
            columns: [
                "name", "source", "version", "type", "text", "messages", "variables", "message", "author", "at",
                "aliases", "tags", "commit",
            ].map { .init(key: $0, title: nil) },
            rows: [
                [
                    .text(prompt.name), .text(prompt.source.description), .count(version.number),
                    .text(isChat(version.body) ? "chat" : "text"), .text(version.body.written),
                    .list(version.body.messages.map { "\($0.role): \($0.content)" }),
                    .map(
                        Dictionary(
                            version.variables.map { ($0.name, $0.standard ?? $0.kind.rawValue) },
                            uniquingKeysWith: { $1 })), .text(version.message), .optional(version.author),
                    .optional(version.at), .list(version.aliases), .map(version.tags), .optional(version.commit),
                ]
            ], emptyText: "")
    }

    private static func isChat(_ body: PromptBody) -> Bool { if case .chat = body { true } else { false } }

    /// What is known of a version, and below it what it says.
    static func lines(_ version: PromptVersion, of prompt: Prompt) -> [String] {
        var lines = ["\(prompt.name) version \(version.number)" + names(version.aliases)]
        lines.append("  made \(version.at?.rfc3339 ?? "--") by \(version.author ?? "--")")
        if !version.message.isEmpty { lines.append("  \(version.message)") }
        if let commit = version.commit { lines.append("  commit \(commit)") }
        for variable in version.variables {
            let standard = variable.standard.map { ", without a value `\($0)`" } ?? ""
            lines.append("  {{\(variable.name)}}: \(variable.kind.rawValue)\(standard)")
        }
        return lines + [""] + split(version.body.written)
    }

    private static func names(_ aliases: [String]) -> String {
        aliases.isEmpty ? "" : " (\(aliases.joined(separator: ", ")))"
    }

    static func split(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    static func diff(_ old: PromptVersion, _ new: PromptVersion) -> [String] {
        ["--- version \(old.number)", "+++ version \(new.number)"]
            + PromptDiff(old.body.written, new.body.written).lines.map { line in
                (line.kind == .same ? " " : line.kind == .added ? "+" : "-") + line.text
            }
    }

    static func moves(_ moves: [PointerMove], of name: String) -> Report {
        Report(
            columns: [
                .init(key: "at", title: "AT"), .init(key: "alias", title: "ALIAS"),
                .init(key: "version", title: "VERSION"), .init(key: "author", title: "BY"),
                .init(
                    key: "since_known", title: "SINCE THEN",
                    show: { flag in
                        if case .flag(false) = flag { "or longer: first seen" } else { "yes" }
                    }), .init(key: "source", title: "FROM", isWide: true),
            ],
            rows: moves.map { move in
                [
                    .time(move.at), .text(move.alias), .text(move.version ?? "none"), .optional(move.author),
                    .flag(!move.isFirst), .text(move.source.description),
                ]
            },
            emptyText:
                "no alias of \(name) was seen yet: it is written down while pitwall polls (pitwall poll, or the console)"
        )
    }

    static func drafts(_ drafts: [UnsentPrompt]) -> Report {
        Report(
            columns: [
                .init(key: "id", title: "DRAFT"), .init(key: "prompt", title: "PROMPT"),
                .init(key: "source", title: "FOR"), .init(key: "at", title: "AT"),
                .init(key: "author", title: "BY", isWide: true), .init(key: "message", title: "MESSAGE"),
                .init(key: "why", title: "NOT KEPT BECAUSE"), .init(key: "file", title: "LIES IN"),
            ],
            rows: drafts.map { one in
                [
                    .text(one.id), .text(one.draft.name), .text(one.draft.source.description), .time(one.at),
                    .text(one.draft.author), .text(one.draft.message), .optional(one.why.isEmpty ? nil : one.why),
                    .text(one.file),
                ]
            }, emptyText: "nothing that was written is still to be kept")
    }
}
