import PitGrid
import Yams

/// Reads theme files: `inherits`, a palette of named colours, and a colour for each role and ground.
struct ThemeReader {
    private let sources: [ThemeSource]
    private var faults: [ThemeFault] = []

    /// What can be coloured, by name: asking a case for its name is slow.
    private static let roles = Dictionary(
        uniqueKeysWithValues: Role.allCases.filter { $0 != .heat }.map { ("\($0)", $0) })
    private static let grounds = Dictionary(uniqueKeysWithValues: Ground.allCases.map { ("\($0)", $0) })

    init(_ sources: [ThemeSource]) { self.sources = sources }

    func read() -> (themes: [Theme], faults: [ThemeFault]) {
        var reader = self
        let themes = sources.compactMap { reader.theme($0, path: []) }
        var seen: Set<String> = []
        let unique = reader.faults.filter { seen.insert("\($0)").inserted }
        return (themes, unique)
    }

    /// One of them; nil when there is none of that name, or it is faulty.
    func read(only name: String) -> Theme? {
        var reader = self
        return sources.first { $0.name == name }.flatMap { reader.theme($0, path: []) }
    }

    private mutating func theme(_ source: ThemeSource, path: [String]) -> Theme? {
        let node: Node?
        do {
            // Words are read as what is asked for: Yams' own guesses at types cost a regular expression each.
            node = try Yams.compose(yaml: source.text, .basic)
        } catch {
            fault(source, nil, "not valid YAML", "\(error)".split(separator: "\n").first.map(String.init) ?? "")
            return nil
        }
        guard let mapping = node?.mapping else {
            fault(source, node?.mark, "not a theme", "Write `name:`, `roles:` and `grounds:`, or `inherits: pitwall`.")
            return nil
        }
        let known = ["name", "inherits", "appearance", "palette", "roles", "grounds", "heat"]
        for (key, _) in mapping where !known.contains(key.string ?? "") {
            fault(
                source, key.mark, "`\(key.string ?? "?")` is not known in a theme",
                "Known: \(known.joined(separator: ", ")).")
            return nil
        }
        guard var theme = base(source, mapping, path) else { return nil }
        theme.name = mapping["name"]?.string ?? source.name
        if let appearance = mapping["appearance"]?.string { theme.isLight = appearance == "light" }
        let before = faults.count
        let palette = colours(mapping["palette"], source, palette: [:]) { $0 }
        for (role, colour) in colours(
            mapping["roles"], source, palette: palette,
            { name in Self.roles[name] })
        {
            theme.roles[role] = colour
        }
        for (ground, colour) in colours(
            mapping["grounds"], source, palette: palette, { name in Self.grounds[name] })
        {
            theme.grounds[ground] = colour
        }
        if let heat = mapping["heat"]?.sequence { theme.heat = heat.compactMap { colour($0, source, palette) } }
        guard faults.count == before else { return nil }
        return complete(theme, source)
    }

    private mutating func base(_ source: ThemeSource, _ mapping: Node.Mapping, _ path: [String]) -> Theme? {
        guard let parent = mapping["inherits"]?.string else {
            return Theme(name: source.name, roles: [:], grounds: [:], heat: [])
        }
        guard !path.contains(parent), parent != source.name else {
            fault(source, mapping["inherits"]?.mark, "inherits itself by way of \(parent)", "Break the circle.")
            return nil
        }
        guard let found = sources.first(where: { $0.name == parent }) else {
            fault(
                source, mapping["inherits"]?.mark, "there is no theme `\(parent)`",
                "Themes: \(sources.map(\.name).joined(separator: ", ")).")
            return nil
        }
        return theme(found, path: path + [source.name])
    }

    /// A theme with no colours at all is one, too: it is drawn with attributes. One with some needs them all.
    private mutating func complete(_ theme: Theme, _ source: ThemeSource) -> Theme? {
        if theme.roles.isEmpty, theme.grounds.isEmpty { return theme }
        let missing =
            Role.allCases.filter { $0 != .heat && theme.roles[$0] == nil }.map { "\($0)" }
            + Ground.allCases.filter { theme.grounds[$0] == nil }.map { "\($0)" } + (theme.heat.isEmpty ? ["heat"] : [])
        guard missing.isEmpty else {
            fault(
                source, nil, "no colour for \(missing.joined(separator: ", "))",
                "Add them, or start with `inherits: pitwall`.")
            return nil
        }
        return theme
    }

    private mutating func colours<Key: Hashable>(
        _ node: Node?, _ source: ThemeSource, palette: [String: RGB], _ key: (String) -> Key?
    ) -> [Key: RGB] {
        var result: [Key: RGB] = [:]
        guard let node else { return result }
        guard let mapping = node.mapping else {
            fault(source, node.mark, "a list of colours is not a mapping", "Write `ok: \"#50fa7b\"` lines.")
            return result
        }
        for (name, value) in mapping {
            guard let known = key(name.string ?? "") else {
                let all = (Role.allCases.filter { $0 != .heat }.map { "\($0)" } + Ground.allCases.map { "\($0)" })
                    .joined(separator: ", ")
                fault(source, name.mark, "`\(name.string ?? "?")` is neither a role nor a ground", "They are: \(all).")
                continue
            }
            if let colour = colour(value, source, palette) { result[known] = colour }
        }
        return result
    }

    private mutating func colour(_ node: Node, _ source: ThemeSource, _ palette: [String: RGB]) -> RGB? {
        let text = node.string ?? ""
        if let colour = palette[text] ?? RGB(text: text) { return colour }
        fault(source, node.mark, "`\(text.prefix(40))` is no colour", "Write \"#rrggbb\" or a name of the palette.")
        return nil
    }

    private mutating func fault(_ source: ThemeSource, _ mark: Mark?, _ what: String, _ hint: String) {
        faults.append(
            ThemeFault(file: source.file, line: mark?.line ?? 0, column: mark?.column ?? 0, what: what, hint: hint))
    }
}
