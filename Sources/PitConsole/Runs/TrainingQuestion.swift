import PitGrid
import PitModel

/// What is asked before a training is started or stopped, or before what came of it is registered.
enum TrainingQuestion {
    private static let prefix = "train:"

    /// The one template's form, or which template first.
    static func begin(_ templates: [TrainingTemplate]) -> Question? {
        guard let first = templates.first else { return nil }
        guard templates.count > 1 else { return form(first) }
        return Question(
            "train", title: "Start a training", body: ["Left and right go through the templates."],
            fields: [
                .init("template", "template", value: first.name, choices: templates.map(\.name), isRequired: true)
            ], verb: "Next")
    }

    static func form(_ template: TrainingTemplate) -> Question {
        Question(
            prefix + template.name, title: "Start \(template.name)",
            body: [
                (template.place.map { "It runs as \($0.words), whether or not this console is left," }
                    ?? "It runs on when this console is left,")
                    + " for \(Figures.duration(template.timeout)) at most."
                    + (template.connection.map { " It is told to log to \($0)." } ?? "")
            ],
            fields: template.parameters.map { parameter in
                .init(
                    parameter.name, parameter.name, value: parameter.standard ?? "",
                    placeholder: placeholder(parameter),
                    choices: parameter.kind == .flag && parameter.choices.isEmpty
                        ? ["true", "false"] : parameter.choices,
                    isRequired: parameter.standard == nil)
            }, verb: "Start",
            preview: preview(template))
    }

    private static func preview(_ template: TrainingTemplate) -> [String] {
        guard case .object(let manifest)? = template.place?.work else {
            return [template.words, template.directory.map { "in \($0)" } ?? ""]
        }
        return manifest.outline(6)
    }

    private static func placeholder(_ parameter: TrainingTemplate.Parameter) -> String {
        switch parameter.kind {
        case .number: "a number"
        case .whole: "a whole number"
        case .text, .flag: ""
        }
    }

    static func canStop(_ run: TrainingRun?) -> Availability {
        guard let run else { return .refused(because: "no run is selected") }
        if run.key.connection != nil { return .refused(because: "it was not started from here") }
        return run.status.isOpen ? .available : .refused(because: "it is over")
    }

    static func stop(_ run: TrainingRun) -> Question {
        Question(
            "stop:" + run.key.id, title: "Stop \(run.name)",
            body: [
                run.tags["runs as"].map {
                    "\($0) is stopped there; a Job is deleted, with its pods. It has ended once that is seen."
                }
                    ?? "It is asked to end, and ended after ten seconds.",
                "What it has saved stays; it cannot be gone on with from here.",
            ],
            fields: [.init("reason", "why", placeholder: "the loss rises")], verb: "Stop")
    }

    static func register(_ run: TrainingRun) -> Question {
        Question(
            "register:" + run.key.id, title: "Register what \(run.name) made",
            body: ["A new version of the model, with its parameters, code and training in its tags."],
            fields: [
                .init("model", "model", placeholder: "support-assistant", isRequired: true),
                .init("source", "files", placeholder: "the run's artifact `model`", isRequired: run.tracked == nil),
            ], verb: "Register")
    }

    static func answer(_ question: String, _ values: [String: String], _ templates: [TrainingTemplate]) -> [Effect] {
        func value(_ id: String) -> String {
            (values[id] ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        if question == "train" {
            guard let template = templates.first(where: { $0.name == value("template") }) else {
                return [.toast(Notice(.warn, "there is no such template"))]
            }
            return [.ask(form(template))]
        }
        guard let colon = question.firstIndex(of: ":") else { return [] }
        let subject = String(question[question.index(after: colon)...])
        switch question[..<colon] {
        case "stop": return [.stopTraining(subject, reason: value("reason"))]
        case "register":
            let source = value("source")
            return [.registerTraining(subject, model: value("model"), source: source.isEmpty ? nil : source)]
        default:
            guard let template = templates.first(where: { $0.name == subject }) else {
                return [.toast(Notice(.warn, "there is no template `\(subject)` any more"))]
            }
            do {
                // An empty line stands for the standard value.
                let chosen = try template.values(values.filter { !$0.value.isEmpty })
                return [.startTraining(template.name, chosen)]
            } catch { return [.toast(Notice(.warn, error.words))] }
        }
    }
}
