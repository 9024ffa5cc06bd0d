import Foundation
import PitConsole
import PitGrid
import PitModel
import Testing

private let sizes = ["80x24", "120x36", "200x60"]

private let veryManyRows = WorldRowsMaker().rows(Worlds.veryMany)

private func parsed(_ size: String) -> Size {
    let parts = size.split(separator: "x").compactMap { Int($0) }
    return Size(parts[0], parts[1])
}

@Test(
    "every screen in the catalog looks as recorded, in every world, at every size",
    arguments: screenCatalog.map { $0.about.id }, sizes)
func golden(screen: String, size: String) throws {
    for (name, world) in Worlds.all {
        let subject: String? =
            switch screen {
            case "model": world.models.first?.name.description
            case "evaluation-run": EvaluationWorlds.runs[0].id
            case "version": ReviewWorlds.id.description
            case "deployment": world.deployments.first?.id.description
            case "ask": name == "empty" ? nil : KnowledgeWorlds.question
            case "prompt": PromptWorlds.prompts[0].id
            case "run": RunWorlds.runs[1].key.description
            case "run-comparison": RunWorlds.runs.prefix(4).map(\.key.description).joined(separator: " ")
            case "pipeline-run": PipelineWorlds.runs[0].key.description
            case "dataset": "chats@2"
            case "dataset-comparison": "chats@1 chats@2"
            default: nil
            }
        // A hundred thousand alerts are counted once.
        let rows = name == "very-many" ? veryManyRows : nil
        let harness = Harness(world, screen: screen, subject: subject, size: parsed(size), rows: rows)
        try expectGolden(harness.frame, "\(screen)/\(name)@\(size)")
    }
}

@Test("overlays, the past and plain glyphs look as recorded")
func goldenStates() throws {
    var help = Harness(Worlds.oneDown)
    help.press("?")
    try expectGolden(help.frame, "overlays/help@120x36")
    var palette = Harness(Worlds.oneDown)
    palette.press(":")
    palette.type("re")
    try expectGolden(palette.frame, "overlays/palette@120x36")
    var silence = Harness(Worlds.oneDown, screen: "alerts")
    silence.press("x")
    try expectGolden(silence.frame, "overlays/silence@120x36")
    var forgotten = Harness(Worlds.forgotten, screen: "alerts")
    try expectGolden(forgotten.frame, "overlays/forgotten@120x36")
    forgotten.press("enter")
    try expectGolden(forgotten.frame, "overlays/opened@120x36")
    forgotten.press("n")
    try expectGolden(forgotten.frame, "overlays/told@120x36")
    var changes = Harness(Worlds.oneDown, screen: "model", subject: "code-assist")
    changes.press("tab c")
    try expectGolden(changes.frame, "overlays/changes@120x36")
    var past = Harness(Worlds.oneDown)
    var before = Worlds.healthy
    (before.at, before.isLive) = (noon.advanced(by: -240), false)
    past.send(.past(before))
    try expectGolden(past.frame, "overlays/past@120x36")
    var reading = Harness(Worlds.healthy, screen: "exchanges", subject: "finding=injection")
    reading.press("enter")
    try expectGolden(reading.frame, "overlays/reading@120x36")
    let plain = Harness(
        Worlds.oneDown, screen: "model", subject: "code-assist", settings: ConsoleSettings(glyphs: .ascii))
    try expectGolden(plain.frame, "overlays/plain@120x36")
    #expect(plain.frame.plainText.unicodeScalars.allSatisfy { $0.value < 0x7F || $0 == "→" })
    try expectGolden(Harness(Worlds.healthy, size: Size(60, 20)).frame, "overlays/small@60x20")
}

@Test("no golden file is left over")
func goldenUsed() throws {
    let known = screenCatalog.flatMap { type in
        Worlds.all.flatMap { world in sizes.map { "\(type.about.id)/\(world.name)@\($0).txt" } }
    }
    let deployments =
        DeploymentWorlds.states.flatMap { state in sizes.map { "deployments/\(state.name)@\($0).txt" } }
        + planStates.flatMap { state in sizes.map { "deployments/\(state)@\($0).txt" } }
    let overlays = [
        "help@120x36", "palette@120x36", "silence@120x36", "changes@120x36", "past@120x36", "plain@120x36",
        "reading@120x36", "small@60x20", "forgotten@120x36", "opened@120x36", "told@120x36",
    ].map { "overlays/\($0).txt" }
    let labels =
        ["list", "desk", "stars", "pair", "marking", "ranking", "correction", "deciding"].flatMap { name in
            ["80x24", "200x60"].map { "labels/\(name)@\($0).txt" }
        } + ["80x40", "160x44"].map { "labels/reading@\($0).txt" }
        + ["80x24", "120x36"].map { "labels/pit-stop@\($0).txt" }
        + ["diff", "history", "trial"].flatMap { name in
            ["80x24", "200x60"].map { "prompt-states/\(name)@\($0).txt" }
        }
        + ["asks", "counting", "done"].flatMap { name in
            ["80x24", "120x36"].map { "dataset-tokens/\(name)@\($0).txt" }
        }
    let enumerator = FileManager.default.enumerator(atPath: goldenFolder.path)
    let files = (enumerator?.allObjects as? [String] ?? []).filter { $0.hasSuffix(".txt") }
    #expect(Set(files).subtracting(known + overlays + deployments + labels).isEmpty)
}
