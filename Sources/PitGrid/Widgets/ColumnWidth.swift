/// How wide a column of a table is.
public enum ColumnWidth: Equatable, Sendable {
    case fixed(Int)
    /// Between two widths: grows towards the larger one while there is room.
    case range(Int, Int)
    /// At least `min`, and of the room that is left a share by weight.
    case flex(min: Int, weight: Int = 1)

    var least: Int {
        switch self {
        case .fixed(let width): max(1, width)
        case .range(let low, _): max(1, low)
        case .flex(let low, _): max(1, low)
        }
    }

    var most: Int {
        switch self {
        case .fixed(let width): max(1, width)
        case .range(let low, let high): max(1, low, high)
        case .flex: Int.max
        }
    }

    var weight: Int {
        switch self {
        case .flex(_, let weight): max(1, weight)
        default: 0
        }
    }
}
