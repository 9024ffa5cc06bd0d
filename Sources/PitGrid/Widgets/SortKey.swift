/// What a column's rows are ordered by. A missing value sorts last, whichever way the column is sorted.
public enum SortKey: Equatable, Sendable {
    case number(Double?)
    case text(String?)

    var isMissing: Bool {
        switch self {
        case .number(let value): value?.isNaN ?? true
        case .text(let value): value == nil
        }
    }

    /// Whether this stands before `other`, both present, in ascending order. Numbers stand before texts.
    func precedes(_ other: SortKey) -> Bool {
        switch (self, other) {
        case (.number(let a?), .number(let b?)): a < b
        case (.text(let a?), .text(let b?)): a < b
        case (.number, .text): true
        default: false
        }
    }
}
