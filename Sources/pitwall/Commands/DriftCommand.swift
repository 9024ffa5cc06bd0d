import ArgumentParser

struct DriftCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift", abstract: "What has changed: of a model's traffic, or between two files.",
        subcommands: [ReportOf.self, Compare.self, Baseline.self])
}
