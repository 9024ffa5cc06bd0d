import Foundation
import PitGrid
import PitThemes
import Testing

@Test("all eight themes are there, the standard first")
func shipped() {
    #expect(
        Themes.builtIn.map(\.name) == [
            "pitwall", "light", "high-contrast", "colour-blind-safe", "solarized", "gruvbox", "nord", "monochrome",
        ])
}

@Test(
    "every theme can be read: text at 4.5 to 1, every other role at 3 to 1, on every ground",
    arguments: Themes.builtIn.map(\.name))
func contrast(name: String) throws {
    let theme = try #require(Themes.builtIn.first { $0.name == name })
    for (ground, background) in theme.grounds {
        for (role, colour) in theme.roles {
            // A border is never drawn on a selected row or in the bars.
            if role == .border, ground != .page, ground != .overlay { continue }
            let least = role == .text ? 4.5 : role == .border || role == .dim ? 2.5 : 3
            #expect(
                colour.contrast(with: background) >= least,
                "\(theme.name): \(role) on \(ground): \(colour.contrast(with: background))")
        }
    }
}

@Test(
    "good, warning and failure stay apart at every depth of colour", arguments: Themes.builtIn.map(\.name),
    ColorDepth.allCases)
func apart(name: String, depth: ColorDepth) throws {
    let theme = try #require(Themes.builtIn.first { $0.name == name })
    func look(_ role: Role) -> String {
        let style = theme.style(Ink(role), depth: depth)
        let colour =
            style.foreground.map { depth == .sixteen ? "\($0.in16)" : depth == .palette256 ? "\($0.in256)" : $0.hex }
            ?? "-"
        return "\(colour) \(style.isBold) \(style.isUnderlined) \(style.isReversed)"
    }
    #expect(Set([Role.ok, .warn, .fail].map(look)).count == 3, "\([Role.ok, .warn, .fail].map(look))")
}

@Test(
    "the selection and the past can be seen at every depth", arguments: Themes.builtIn.map(\.name), ColorDepth.allCases)
func grounds(name: String, depth: ColorDepth) throws {
    let theme = try #require(Themes.builtIn.first { $0.name == name })
    let looks = [Ground.page, .selection, .past].map { theme.style(Ink(.text, on: $0), depth: depth) }
    #expect(Set(looks).count == 3)
}

@Test("a shelf gives each shipped theme as reading all of them does, and none for another name")
func shelf() {
    let shelf = ThemeShelf(folder: nil)
    #expect(shelf.names == Themes.builtIn.map(\.name) && shelf.faults.isEmpty)
    #expect(shelf.names.map { shelf.theme($0) } == Themes.builtIn)
    #expect(shelf.theme("none") == nil && shelf.theme(orFirst: "none").name == Themes.standard)
}

@Test("a person's themes are added, and a bad file is told with its place and skipped")
func ownThemes() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "pitthemes-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let files = [
        "mine.yaml": "inherits: nord\npalette: {blood: '#aa0000'}\nroles: {fail: blood}\n",
        "missing.yaml": "roles: {ok: '#00ff00'}\n",
        "typo.yaml": "inherits: nord\nroles:\n  wran: '#ff0000'\n",
        "colour.yaml": "inherits: nord\nroles:\n  ok: greenish\n",
        "circle.yaml": "inherits: circle\n", "broken.yaml": "roles: [",
    ]
    for (name, text) in files { try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8) }
    let (themes, faults) = Themes.load(folder: folder)
    #expect(themes.count == Themes.builtIn.count + 1)
    #expect(themes.last?.roles[.fail] == RGB(0xAA0000))
    func told(_ file: String, _ words: String, line: Int) -> Bool {
        faults.contains { $0.file.hasSuffix(file) && $0.what.contains(words) && (line == 0 || $0.line == line) }
    }
    #expect(told("missing.yaml", "no colour for text", line: 0))
    #expect(told("typo.yaml", "`wran`", line: 3))
    #expect(told("colour.yaml", "greenish", line: 3))
    #expect(told("circle.yaml", "inherits itself", line: 1))
    #expect(told("broken.yaml", "YAML", line: 0))
    #expect(Themes.load(folder: "/does/not/exist").themes == Themes.builtIn)
}
