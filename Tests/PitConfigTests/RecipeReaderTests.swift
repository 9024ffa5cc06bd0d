import PitConfig
import PitModel
import Testing

private let recipeSteps = [
    CleaningStepInfo(
        id: "length", summary: "Drops by length.",
        options: [
            OptionInfo("min_words", .number, help: "at least", example: "3"),
            OptionInfo("share", .number, help: "of them", example: "5%"),
            OptionInfo("near", .flag, help: "too", example: "true"),
        ]),
    CleaningStepInfo(
        id: "replace", summary: "Replaces.",
        options: [OptionInfo("pattern", .text, help: "what", example: "a+")], required: ["pattern"],
        pairs: OptionInfo("map", .text, help: "words", example: "{a: b}")),
]
private let recipeReader = RecipeReader(steps: recipeSteps) {
    $0.options["pattern"]?.text == "(" ? "a ( is not closed" : nil
}

@Test("a recipe is read with its steps, in their order, each with its columns and options")
func recipe() throws {
    let (read, issues) = recipeReader.read(
        """
        version: 1
        name: chats
        columns: [prompt, messages.*.content]
        encoding: cp1252
        steps:
          - length
          - {step: length, name: short, columns: response, min_words: 3, share: 5%, near: true}
          - {step: replace, pattern: '\\d+', map: {no: "false", yes: "true"}}
        """, file: "r.yaml")
    #expect(issues.isEmpty)
    let recipe = try #require(read)
    #expect(recipe.name == "chats" && recipe.columns == ["prompt", "messages.*.content"] && recipe.encoding == .cp1252)
    #expect(recipe.steps.map(\.name) == ["length", "short", "replace"] && recipe.steps[1].columns == ["response"])
    #expect(recipe.steps[1].options == ["min_words": .number(3), "share": .number(0.05), "near": .flag(true)])
    #expect(
        recipe.steps[2].options["pattern"] == .text("\\d+") && recipe.steps[2].pairs == ["no": "false", "yes": "true"])
}

@Test("all that is wrong with a recipe is told at once, with its place and what would be right")
func wrongRecipe() {
    func issues(_ text: String) -> [String] { recipeReader.read(text, file: "r").issues.map(\.description) }
    let all = issues(
        """
        version: 2
        colums: [a]
        encoding: utf7
        steps:
          - lenght
          - {step: length, min_words: many, max: 3}
          - replace
          - {step: replace, pattern: "("}
          - [a]
        """)
    let wanted = [
        "r:1:10: `version` is 2", "r:2:1: `colums` is not known in the recipe\n    Did you mean `columns`?",
        "r:3:11: `encoding` is `utf7`", "r:5:5: `lenght` is no step\n    Did you mean `length`?",
        "`min_words` is `many`", "`max` is not known in a step", "r:7:5: `replace` has no `pattern`",
        "`replace`: a ( is not closed", "a step is a list",
    ]
    for words in wanted { #expect(all.contains { $0.contains(words) }, "\(words) in \(all)") }
    #expect(issues("").first?.contains("--example") == true)
    #expect(issues("steps: [length]").first?.contains("no `version`") == true)
    #expect(issues("version: 1").first?.contains("no `steps`") == true)
    #expect(recipeReader.read("version: 1\nsteps: [length]\n", file: "r").recipe?.steps.count == 1)
}
