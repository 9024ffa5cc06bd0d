/// Which alerts call a person who looks elsewhere, and how.
public struct Attention: Equatable, Sendable {
    public enum Way: String, Hashable, Sendable, CaseIterable {
        /// The window's title tells how many fire.
        case title
        /// A notification of the desktop that the terminal runs on (OSC 9; OSC 777 where that is what is understood).
        case desktop
        /// The terminal's bell: a sound, or a flash.
        case bell
    }
    public var filter: AlertFilter
    public var ways: Set<Way>

    public init(filter: AlertFilter = AlertFilter(), ways: Set<Way> = []) { (self.filter, self.ways) = (filter, ways) }
}
