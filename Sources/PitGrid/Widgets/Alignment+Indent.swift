extension Alignment {
    /// The columns left free before a text of `used` columns in a room of `width`.
    func indent(of used: Int, in width: Int) -> Int {
        switch self {
        case .left: 0
        case .center: max(0, (width - used) / 2)
        case .right: max(0, width - used)
        }
    }
}
