public import PitGrid
import PitModel

/// A command with its screen's type forgotten.
public struct AnyCommand: Sendable {
    public let id: String
    public let keys: [Key]
    public let title: String
    public let help: String
    public let hint: Int
    public let isMutating: Bool
    let availability: @Sendable (any Screen, World) -> Availability
    let run: @Sendable (inout any Screen, World) -> [Effect]

    init<S: Screen>(_ command: Command<S>, keys: [Key]?) {
        id = "\(S.about.id).\(command.id)"
        (self.keys, title, help) = (keys ?? command.keys, command.title, command.help)
        (hint, isMutating) = (command.hint, command.isMutating)
        availability = { screen, world in
            (screen as? S).map { command.availability($0, world) } ?? .refused(because: "not on this screen")
        }
        run = { screen, world in
            guard var typed = screen as? S else { return [] }
            defer { screen = typed }
            return command.run(&typed, world)
        }
    }

    init(global command: Command<GlobalState>, keys: [Key]?) {
        id = command.id
        (self.keys, title, help) = (keys ?? command.keys, command.title, command.help)
        (hint, isMutating) = (command.hint, command.isMutating)
        availability = { screen, world in command.availability(GlobalState(screen), world) }
        run = { screen, world in
            var state = GlobalState(screen)
            return command.run(&state, world)
        }
    }
}

extension Screen {
    static func erased(_ keys: [String: [Key]]) -> [AnyCommand] {
        commands.map { AnyCommand($0, keys: keys["\(about.id).\($0.id)"]) }
    }

    static func erasedModes(_ keys: [String: [Key]]) -> [[AnyCommand]] {
        modes.map { mode in mode.map { AnyCommand($0, keys: keys["\(about.id).\($0.id)"]) } }
    }

    fileprivate func erasedPresent(_ world: World, _ keys: [String: [Key]]) -> [AnyCommand]? {
        present(world)?.map { AnyCommand($0, keys: keys["\(Self.about.id).\($0.id)"]) }
    }
}

/// Every screen and command there is; help, palette, key handling and the docs are views of this.
public struct Registry: Sendable {
    public let screens: [any Screen.Type]
    /// What works everywhere.
    public let globals: [AnyCommand]
    private let byScreen: [String: [AnyCommand]]
    private let keys: [String: [Key]]

    public init(_ screens: [any Screen.Type] = screenCatalog, keys: [String: [Key]] = [:]) {
        (self.screens, self.keys) = (screens, keys)
        globals = GlobalState.commands(screens).map { AnyCommand(global: $0, keys: keys[$0.id]) }
        byScreen = Dictionary(screens.map { ($0.about.id, $0.erased(keys)) }, uniquingKeysWith: { first, _ in first })
    }

    /// What a screen can do as it stands.
    public func commands(of screen: any Screen, _ world: World) -> [AnyCommand] {
        screen.erasedPresent(world, keys) ?? byScreen[type(of: screen).about.id] ?? []
    }
    public var allCommands: [AnyCommand] { screens.flatMap { byScreen[$0.about.id] ?? [] } + globals }
    public func screen(_ id: String) -> (any Screen.Type)? { screens.first { $0.about.id == id } }

    /// Keys bound twice where both would work, and bindings of commands that do not exist.
    public func conflicts(keys: [String: [Key]] = [:]) -> [String] {
        var found: [String] = []
        for type in screens {
            for mode in type.erasedModes(keys.isEmpty ? self.keys : keys) {
                let bound = (mode + globals).flatMap { command in command.keys.map { ($0, command.id) } }
                for (key, uses) in Dictionary(grouping: bound, by: \.0) where uses.count > 1 {
                    found.append(
                        "\(key) on \(type.about.title): \(uses.map(\.1).sorted().joined(separator: " and "))")
                }
            }
        }
        let known = Set(allCommands.map(\.id))
        found += keys.keys.filter { !known.contains($0) }.map { "there is no command `\($0)`" }
        return Array(Set(found)).sorted()
    }
}
