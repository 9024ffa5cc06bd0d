import Foundation
public import PitGrid
import Yams

/// The themes: those in this folder, which are part of the program, and a person's own.
public enum Themes {
    /// The name the console starts with.
    public static let standard = "pitwall"

    /// Every theme shipped. A new one is a new file in `files/` and a line here.
    private static let files: [(name: String, bytes: [UInt8])] = [
        ("pitwall", PackageResources.pitwall_yaml),
        ("light", PackageResources.light_yaml),
        ("high-contrast", PackageResources.high_contrast_yaml),
        ("colour-blind-safe", PackageResources.colour_blind_safe_yaml),
        ("solarized", PackageResources.solarized_yaml),
        ("gruvbox", PackageResources.gruvbox_yaml),
        ("nord", PackageResources.nord_yaml),
        ("monochrome", PackageResources.monochrome_yaml),
    ]

    private static var shipped: [ThemeSource] {
        files.map {
            ThemeSource(name: $0.name, file: "\($0.name).yaml", text: String(decoding: $0.bytes, as: UTF8.self))
        }
    }

    /// The shipped ones, the standard first.
    public static let builtIn: [Theme] = ThemeReader(shipped).read().themes

    /// A shipped one alone.
    static func builtIn(_ name: String) -> Theme? { ThemeReader(shipped).read(only: name) }

    static var builtInNames: [String] { files.map(\.name) }

    /// The shipped ones and those of a folder (`$XDG_CONFIG_HOME/pitwall/themes/*.yaml`). A person's theme of a shipped
    /// one's name replaces it; a bad file is reported and skipped.
    public static func load(folder: String?) -> (themes: [Theme], faults: [ThemeFault]) {
        let own = files(in: folder)
        guard let folder, !own.isEmpty else { return (builtIn, []) }
        var faults: [ThemeFault] = []
        var sources = shipped
        for name in own {
            let path = "\(folder)/\(name)"
            guard let data = FileManager.default.contents(atPath: path), data.count <= 1 << 20 else {
                faults.append(
                    ThemeFault(
                        file: path, line: 0, column: 0, what: "cannot be read",
                        hint: "A theme is a YAML file below 1 MiB."))
                continue
            }
            let bare = String(name.prefix { $0 != "." })
            sources.removeAll { $0.name == bare }
            sources.append(ThemeSource(name: bare, file: path, text: String(decoding: data, as: UTF8.self)))
        }
        let read = ThemeReader(sources).read()
        return (read.themes, faults + read.faults)
    }

    /// A person's own theme files.
    static func files(in folder: String?) -> [String] {
        guard let folder, let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return [] }
        return names.sorted().filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }
    }
}
