public import PitModel
import Yams

/// Reads recipes for cleaning files of data.
public struct RecipeReader: Sendable {
    /// The steps there are.
    public var steps: [CleaningStepInfo]
    /// Says what is wrong with a step's options beyond their kinds; nil when nothing is.
    public var check: @Sendable (CleaningStepSpec) -> String?

    public init(
        steps: [CleaningStepInfo], check: @escaping @Sendable (CleaningStepSpec) -> String? = { _ in nil }
    ) {
        (self.steps, self.check) = (steps, check)
    }

    /// A recipe, or all that is wrong with it.
    public func read(_ text: String, file: String) -> (recipe: CleaningRecipe?, issues: [ConfigIssue]) {
        let issues = IssueList(file: file)
        var recipe: CleaningRecipe?
        if let node = ConfigReader(kinds: [], profiles: []).compose(text, issues) {
            if let root = Fields(node, what: "the recipe", issues: issues) { recipe = read(root, issues) }
        } else if issues.issues.isEmpty {
            issues.add("the file is empty", hint: "See one: pitwall data clean --example", at: nil)
        }
        let all = issues.issues.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
        return (all.contains { !$0.isWarning } ? nil : recipe, all)
    }

    private func read(_ root: Fields, _ issues: IssueList) -> CleaningRecipe {
        let version = root.whole("version", 1...1000)
        if version == nil, !root.has("version") {
            issues.add(
                "the recipe has no `version`", hint: "Add `version: \(CleaningRecipe.version)`.", at: root.mark)
        } else if let version, version != CleaningRecipe.version {
            issues.add(
                "`version` is \(version)", hint: "This pitwall reads recipes of version \(CleaningRecipe.version).",
                at: root.mark(of: "version"))
        }
        var recipe = CleaningRecipe(name: root.text("name") ?? "", columns: root.words("columns"))
        recipe.encoding = root.choice("encoding", CleaningRecipe.Encoding.self) ?? .utf8
        checkColumns(recipe.columns, root, issues)
        let nodes = root.list("steps")
        if nodes.isEmpty {
            issues.add("the recipe has no `steps`", hint: "Add `steps: [unicode, whitespace]`.", at: root.mark)
        }
        recipe.steps = nodes.compactMap { readStep($0, issues) }
        root.finish()
        return recipe
    }

    private func checkColumns(_ columns: [String]?, _ fields: Fields, _ issues: IssueList) {
        guard let columns else { return }
        if columns.isEmpty || columns.contains("") {
            issues.add(
                "`columns` names nothing", hint: "Write `columns: [prompt, response]`, or leave it out for every text.",
                at: fields.mark(of: "columns"))
        }
    }

    private func readStep(_ node: Node, _ issues: IssueList) -> CleaningStepSpec? {
        if case .scalar(let scalar) = node {
            guard let info = steps.named(scalar.string, "step", at: node.mark, issues) else { return nil }
            return checked(CleaningStepSpec(info.id), info, at: node.mark, issues)
        }
        guard let fields = Fields(node, what: "a step", issues: issues) else { return nil }
        guard let id = fields.required("step", example: "whitespace"),
            let info = steps.named(id, "step", at: fields.mark(of: "step"), issues)
        else { return nil }
        var spec = CleaningStepSpec(id, name: fields.text("name"), columns: fields.words("columns"))
        checkColumns(spec.columns, fields, issues)
        let before = issues.issues.count
        spec.options = fields.options(info.options.filter { $0.kind != .number })
        for option in info.options where option.kind == .number {
            spec.options[option.name] = number(option.name, of: fields).map(OptionValue.number)
        }
        if let pairs = info.pairs, let inner = fields.fields(pairs.name) {
            for name in inner.names.sorted() { spec.pairs[name] = inner.text(name) ?? "" }
        }
        fields.finish()
        guard issues.issues.count == before else { return nil }
        return checked(spec, info, at: fields.mark, issues)
    }

    /// A number, or a share as a percentage.
    private func number(_ name: String, of fields: Fields) -> Double? {
        fields.node(name)?.string?.hasSuffix("%") == true ? fields.ratio(name) : fields.number(name)
    }

    private func checked(
        _ spec: CleaningStepSpec, _ info: CleaningStepInfo, at mark: Mark?, _ issues: IssueList
    ) -> CleaningStepSpec? {
        info.accepts(spec.options, at: mark, issues) { check(spec) } ? spec : nil
    }
}
