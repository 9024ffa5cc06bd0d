import PitGrid
import PitModel

extension Console {
    /// Seconds after which prompts are asked for again: others change them, too.
    private static let promptPatience = 15.0

    mutating func promptLoads() -> [Effect] {
        guard world.isLive, let query = top.asksPrompts(world) else { return [] }
        let patience = Self.promptPatience
        let isTime = askedPrompts.noteIfDue(query, at: world.now, patience: patience, memory: patience)
        return isTime ? [.readPrompts(query)] : []
    }

    mutating func take(_ query: PromptQuery, _ page: PromptPage) {
        world.prompts[query] = page
        if world.prompts.count > 8 {
            let list = PromptQuery()
            world.prompts = world.prompts.filter { $0.key == query || $0.key == list }
        }
        settle()
    }
}

/// Parts of prompts as lines on a screen.
enum PromptWords {
    /// A text with its variables standing out.
    static func lines(_ body: PromptBody) -> [[Segment]] {
        switch body {
        case .text(let text): return lines(text)
        case .chat(let messages):
            var all: [[Segment]] = []
            for message in messages {
                if !all.isEmpty { all.append([]) }
                all.append([Segment(SafeText(message.role), .title, strong: true)])
                all += lines(message.content)
            }
            return all
        }
    }

    static func lines(_ text: String) -> [[Segment]] {
        var lines: [[Segment]] = [[]]
        for piece in PromptTemplate(text).pieces {
            switch piece {
            case .variable(_, let written):
                lines[lines.count - 1].append(Segment(SafeText(written), .focus, strong: true))
            case .text(let text):
                for (index, part) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                    if index > 0 { lines.append([]) }
                    if !part.isEmpty { lines[lines.count - 1].append(Segment(SafeText(String(part)))) }
                }
            }
        }
        return lines
    }

    static func diff(_ old: PromptVersion, _ new: PromptVersion) -> [[Segment]] {
        PromptDiff(old.body.written, new.body.written).lines.map { line in
            switch line.kind {
            case .same: [Segment("  "), Segment(SafeText(line.text), .dim)]
            case .removed: [Segment("- ", .fail), Segment(SafeText(line.text), .fail)]
            case .added: [Segment("+ ", .ok), Segment(SafeText(line.text), .ok)]
            }
        }
    }

    static func aliases(_ prompt: Prompt) -> String {
        prompt.aliases.map { "\($0.name) v\($0.version)" }.joined(separator: "  ")
    }
}
