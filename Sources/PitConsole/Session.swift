/// What the console was like when it was left: screens are values, so they can be written down and read back.
public struct Session: Codable, Sendable {
    private var names: [String] = []
    private var screens: [SavedScreen] = []
    public var theme: String?

    private struct SavedScreen: Codable, Sendable {
        let screen: any Screen

        init(_ screen: any Screen) { self.screen = screen }
        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Keys.self)
            let id = try container.decode(String.self, forKey: .id)
            guard let type = screenCatalog.first(where: { $0.about.id == id }) else {
                throw DecodingError.dataCorruptedError(forKey: .id, in: container, debugDescription: "no screen \(id)")
            }
            screen = try container.decode(type, forKey: .state)
        }
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Keys.self)
            try container.encode(type(of: screen).about.id, forKey: .id)
            try container.encode(screen, forKey: .state)
        }
        private enum Keys: CodingKey { case id, state }
    }

    public init(_ console: Console) {
        screens = console.stack.map(SavedScreen.init)
        theme = console.world.settings.theme
    }

    fileprivate var stack: [any Screen] { screens.map(\.screen) }
}

extension Console {
    /// Takes up where a session was left.
    public mutating func restore(_ session: Session) {
        let saved = session.stack
        if !saved.isEmpty { stack = saved }
        settle()
    }
}
