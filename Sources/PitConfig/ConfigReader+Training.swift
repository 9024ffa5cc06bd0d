import PitModel
import Yams

extension ConfigReader {
    /// Programs that train, and what can be chosen of them.
    func readTraining(_ nodes: [Node], _ config: Config, _ issues: IssueList) -> [TrainingTemplate] {
        let templates = nodes.compactMap { readTemplate($0, config, issues) }
        refuseTwins(templates.map(\.name), of: nodes, noun: "templates", issues)
        return templates
    }

    private enum TemplateKind: String, CaseIterable { case command }

    private func readTemplate(_ node: Node, _ config: Config, _ issues: IssueList) -> TrainingTemplate? {
        guard let fields = Fields(node, what: "a template", issues: issues) else { return nil }
        let name = fields.required("name", example: "lora")
        if let name, !Self.isTemplateName(name) {
            issues.add(
                "a template is called `\(name.prefix(60))`",
                hint: "A name is at most 60 letters, digits, `-`, `_` and `.`, and begins with a letter or digit.",
                at: fields.mark(of: "name"))
        }
        _ = fields.choice("kind", TemplateKind.self)
        let command = fields.words("command") ?? []
        let elsewhere = Self.places.filter { fields.has($0) }
        if command.first?.isEmpty ?? true, elsewhere.isEmpty {
            issues.add(
                "a template has no `command`",
                hint:
                    "Add `command: [python3, train.py, \"--lr\", \"{lr}\"]`, or \(Self.placeWords) where it runs elsewhere.",
                at: fields.mark)
        }
        let ways = (command.isEmpty ? [] : ["command"]) + elsewhere
        if ways.count > 1 {
            issues.add(
                "a template has \(ways.map { "`\($0)`" }.joined(separator: " and "))",
                hint: "It runs in one place: leave one of them.", at: fields.mark(of: ways[1]))
        }
        var template = TrainingTemplate(
            name: name ?? "", command: command, directory: fields.text("directory"),
            timeout: fields.seconds("timeout", atLeast: 1) ?? 86400, maxLog: fields.bytes("max_log") ?? 8 << 20,
            experiment: fields.text("experiment"), dataset: fields.text("dataset"))
        if let directory = template.directory, !directory.hasPrefix("/") {
            issues.add(
                "`directory` is `\(directory)`", hint: "Write it in full, from / on.", at: fields.mark(of: "directory"))
        }
        if let connection = fields.text("connection") {
            checkConnection(connection, kinds: ["mlflow"], config, at: fields.mark(of: "connection"), issues)
            template.connection = ConnectionName(connection)
        }
        if let environment = fields.fields("environment") {
            for key in environment.names { template.environment[key] = environment.text(key) }
            environment.finish()
        }
        if let parameters = fields.fields("parameters") {
            template.parameters = parameters.names.sorted().compactMap { readParameter($0, parameters, issues) }
            parameters.finish()
        }
        template.model = fields.text("model").map { ModelName($0) }
        template.gpus = fields.number("gpus")
        if let gpus = template.gpus, !(0...10_000).contains(gpus) {
            issues.add("`gpus` is \(gpus)", hint: "It wants 0 or more.", at: fields.mark(of: "gpus"))
        }
        if let words = fields.text("gpu_price") {
            template.price = GPUPrice(words)
            if template.price == nil {
                issues.add(
                    "`gpu_price` is `\(words.prefix(40))`",
                    hint: "It wants the price of an hour of one GPU: 2.80, or 2.80 EUR.",
                    at: fields.mark(of: "gpu_price"))
            }
        }
        template.place =
            readJob(fields, template.parameters, config, issues) ?? readPipeline(fields, config, issues)
        checkPlaces(template, fields, issues)
        fields.finish()
        guard name.map(Self.isTemplateName) == true else { return nil }
        return template.place != nil || !command.isEmpty ? template : nil
    }

    /// Where a training can run beside this machine.
    private static let places = ["job", "jenkins", "pipeline"]
    private static var placeWords: String { places.map { "`\($0)`" }.joined(separator: ", ") }

    private static func isTemplateName(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= 60, first != 0x2E, first != 0x2D else { return false }
        return name.utf8.allSatisfy { ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 <= 9 || [0x2D, 0x2E, 0x5F].contains($0) }
    }

    /// `lr: {type: number, default: 0.001}`, or `lr: 0.001`.
    private func readParameter(_ name: String, _ all: Fields, _ issues: IssueList) -> TrainingTemplate.Parameter? {
        if case .scalar? = all.node(name) {
            let standard = all.text(name) ?? ""
            return .init(name, Double(standard) == nil ? .text : .number, standard: standard)
        }
        guard let fields = all.fields(name) else { return .init(name) }
        let parameter = TrainingTemplate.Parameter(
            name, fields.choice("type", TrainingTemplate.Parameter.Kind.self) ?? .text,
            standard: fields.text("default"),
            choices: fields.words("choices") ?? [], least: fields.number("min"), most: fields.number("max"))
        if let standard = parameter.standard, let words = parameter.refusal(of: standard) {
            issues.add(
                "the default is not what the parameter takes: \(words)", hint: "Correct `default`.",
                at: fields.mark(of: "default"))
        }
        fields.finish()
        return parameter
    }

    /// `{name}` in the command that no parameter is called is most often a slip.
    private func checkPlaces(_ template: TrainingTemplate, _ fields: Fields, _ issues: IssueList) {
        let (texts, what): ([String], String)
        switch template.place?.work {
        case nil: (texts, what) = (template.command, "command")
        case .object(let manifest): (texts, what) = (manifest.texts, "job")
        // All parameters are handed over by their names.
        case .build, .pipeline: return
        }
        let marker = "\u{1}"
        let markers = Dictionary(template.parameters.map { ($0.name, marker) }, uniquingKeysWith: { first, _ in first })
        for parameter in template.parameters where !texts.contains(where: { $0.contains("{\(parameter.name)}") }) {
            issues.add(
                "the \(what) does not use the parameter `\(parameter.name)`",
                hint: "Write {\(parameter.name)} where it goes, or take the parameter out.",
                at: fields.mark(of: what), isWarning: true)
        }
        for word in texts.map({ TrainingTemplate.filled($0, markers) }) {
            guard let open = word.firstIndex(of: "{"), let close = word[open...].firstIndex(of: "}") else { continue }
            let inner = word[word.index(after: open)..<close]
            guard !inner.isEmpty, inner.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) else { continue }
            issues.add(
                "the \(what) has {\(inner)}, and there is no such parameter",
                hint: "Add it under `parameters`, or leave it as it is when it is wanted so.",
                at: fields.mark(of: what), isWarning: true)
        }
    }
}
