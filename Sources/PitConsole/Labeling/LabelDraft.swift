import PitGrid
import PitModel

/// An answer that is made in several keys and not kept yet. It stays with its item while the screen is open.
struct LabelDraft: Equatable, Sendable {
    var item: String
    var question: String
    /// `.spans` in the order they were tagged, or `.ranking` as far as it goes.
    var value: JudgedValue
}

/// What is chosen of an answer, to be tagged.
struct LabelChoosing: Equatable, Sendable {
    var question: String
    /// The word that is stood on, and the one that choosing began at.
    var cursor: Range<Int>
    var anchor: Range<Int>?

    /// UTF-8 offsets into the answer.
    var chosen: Range<Int> {
        guard let anchor else { return cursor }
        return min(anchor.lowerBound, cursor.lowerBound)..<max(anchor.upperBound, cursor.upperBound)
    }
}

extension LabelScreen {
    private static let mostDrafts = 64

    func draft(_ question: RubricQuestion, _ world: World) -> JudgedValue? {
        guard let item = item(world) else { return nil }
        return drafts.first { $0.item == item.id && $0.question == question.id }?.value
    }

    mutating func setDraft(_ value: JudgedValue?, _ question: RubricQuestion, _ world: World) {
        guard let item = item(world) else { return }
        drafts.removeAll { $0.item == item.id && $0.question == question.id }
        guard let value else { return }
        drafts.append(LabelDraft(item: item.id, question: question.id, value: value))
        if drafts.count > Self.mostDrafts { drafts.removeFirst() }
    }

    /// Spans that are marked and not kept: they go with whatever is judged next of their item.
    func unkept(_ world: World) -> [String: JudgedValue?] {
        guard let item = item(world) else { return [:] }
        var values: [String: JudgedValue?] = [:]
        for draft in drafts where draft.item == item.id {
            guard case .spans(let spans) = draft.value, !spans.isEmpty else { continue }
            values[draft.question] = .spans(Self.inOrder(spans))
        }
        return values
    }

    static func inOrder(_ spans: [JudgedSpan]) -> [JudgedSpan] {
        spans.sorted { ($0.start, $0.end, $0.tag) < ($1.start, $1.end, $1.tag) }
    }
}
