public import PitGrid

/// The themes there are, of which a start needs one: the shipped ones are read when they are first asked for.
public struct ThemeShelf: Sendable {
    /// In the order they are offered in.
    public let names: [String]
    /// What is wrong with a person's own.
    public let faults: [ThemeFault]
    /// All of them, where a person has themes: their names stand inside.
    private let all: [Theme]?

    /// The shipped ones and those of a folder, as `Themes.load` has them.
    public init(folder: String?) {
        if Themes.files(in: folder).isEmpty {
            (names, faults, all) = (Themes.builtInNames, [], nil)
        } else {
            let loaded = Themes.load(folder: folder)
            (names, faults, all) = (loaded.themes.map(\.name), loaded.faults, loaded.themes)
        }
    }

    /// The theme of a name; nil when there is none.
    public func theme(_ name: String) -> Theme? {
        all.map { $0.first { $0.name == name } } ?? Themes.builtIn(name)
    }

    /// The theme of a name, or the first there is.
    public func theme(orFirst name: String) -> Theme { theme(name) ?? names.first.flatMap { theme($0) } ?? .plain }
}
