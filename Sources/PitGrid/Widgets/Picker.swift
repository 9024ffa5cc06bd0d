/// A list that is narrowed by typing, the matched letters standing out.
public struct Picker: Equatable, Sendable {
    public struct Item: Equatable, Sendable {
        public var id: String
        public var title: SafeText
        /// At the right end: a key, a summary.
        public var detail: SafeText
        /// Why it cannot be picked now; nil when it can.
        public var refusal: SafeText?
        public init(_ id: String, _ title: SafeText, detail: SafeText = "", refusal: SafeText? = nil) {
            (self.id, self.title, self.detail, self.refusal) = (id, title, detail, refusal)
        }
    }

    /// An item that the query matches.
    public struct Match: Equatable, Sendable {
        /// The item's index in the picker.
        public var index: Int
        /// The characters of the title that matched.
        public var positions: [Int]
    }

    /// What a key did.
    public enum Outcome: Equatable, Sendable {
        case handled, ignored, cancelled
        /// Another item is selected; nil when there is none.
        case moved(String?)
        case picked(String)
        /// The item picked is refused, for this reason.
        case refused(SafeText)
    }

    public var title: SafeText
    public var items: [Item]
    public var prefix: String
    public var placeholder: SafeText

    public init(_ title: SafeText, _ items: [Item], prefix: String = "picker", placeholder: SafeText = "type to filter")
    {
        (self.title, self.items, self.prefix, self.placeholder) = (title, items, prefix, placeholder)
    }

    /// The items that match, best first; of equals, and when nothing is typed, in their own order.
    public func matches(_ state: PickerState) -> [Match] {
        let query = state.query.text
        guard !query.allSatisfy(\.isWhitespace) else { return items.indices.map { Match(index: $0, positions: []) } }
        let found = items.enumerated().compactMap { index, item in
            Fuzzy.match(query, in: item.title.description).map {
                (score: $0.score, match: Match(index: index, positions: $0.positions))
            }
        }
        return found.sorted { $0.score == $1.score ? $0.match.index < $1.match.index : $0.score > $1.score }.map(
            \.match)
    }

    public func handle(_ key: Key, _ state: inout PickerState) -> Outcome {
        switch key.description {
        case "esc": return .cancelled
        case "enter": return pick(state.selected, state)
        case "down", "ctrl-n", "tab": return move(1, &state)
        case "up", "ctrl-p", "shift-tab": return move(-1, &state)
        case "pgdn": return move(10, &state)
        case "pgup": return move(-10, &state)
        default:
            let before = state.query.text
            guard state.query.handle(key) else { return .ignored }
            return before == state.query.text ? .handled : narrowed(&state)
        }
    }

    public func paste(_ text: String, _ state: inout PickerState) -> Outcome {
        state.query.insert(text)
        return narrowed(&state)
    }

    /// Picks the match at a position: by Enter or by a click.
    public func pick(_ position: Int, _ state: PickerState) -> Outcome {
        let matches = matches(state)
        guard matches.indices.contains(position) else { return .handled }
        let item = items[matches[position].index]
        return item.refusal.map { .refused($0) } ?? .picked(item.id)
    }

    private func narrowed(_ state: inout PickerState) -> Outcome {
        state.selected = 0
        return .moved(matches(state).first.map { items[$0.index].id })
    }

    private func move(_ delta: Int, _ state: inout PickerState) -> Outcome {
        let matches = matches(state)
        guard !matches.isEmpty else { return .moved(nil) }
        state.selected = min(max(0, min(max(0, state.selected), matches.count) + delta), matches.count - 1)
        return .moved(items[matches[state.selected].index].id)
    }
}
