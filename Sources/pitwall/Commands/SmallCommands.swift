import ArgumentParser
import PitGrid
import PitThemes

struct ThemesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "themes", abstract: "List the themes there are, and what is wrong with a person's own.")

    @Option(name: .shortAndLong, help: "table, wide, json, yaml or csv.") var output: OutputFormat = .table

    func run() throws {
        let places = Places()
        let (themes, faults) = Themes.load(folder: places.themes)
        let shipped = Set(Themes.builtIn.map(\.name))
        let report = Report(
            columns: [
                .init(key: "name", title: "NAME"), .init(key: "appearance", title: "FOR"),
                .init(key: "source", title: "FROM"),
            ],
            rows: themes.map {
                [
                    .text($0.name), .text($0.isLight ? "light" : "dark"),
                    .text(shipped.contains($0.name) ? "pitwall" : places.themes),
                ]
            },
            emptyText: "no themes")
        Terminal.put(report.render(output))
        for fault in faults { Terminal.complain("\(fault)") }
        if !faults.isEmpty { throw ExitCode.usage }
    }
}

struct CompletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions",
        abstract: "Print a completion script: pitwall completions bash > /etc/bash_completion.d/pitwall")

    enum Shell: String, ExpressibleByArgument, CaseIterable { case bash, zsh, fish }

    @Argument(help: "bash, zsh or fish.") var shell: Shell

    func run() throws {
        let kind: CompletionShell = shell == .bash ? .bash : shell == .zsh ? .zsh : .fish
        Terminal.say(Pitwall.completionScript(for: kind))
    }
}

struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Print the version.")
    func run() throws { Terminal.say("pitwall \(Version.current)") }
}
