import PitGrid
import PitModel

/// What is asked before a run is started, stopped or retried.
enum PipelineQuestion {
    private static let (choose, start, stop, retry) = (
        "pipeline", "pipeline-start:", "pipeline-stop:", "pipeline-retry:"
    )

    /// Which pipeline first; the selected run's stands there already.
    static func begin(_ pipelines: [Pipeline], _ run: PipelineRun?) -> Question? {
        let free = pipelines.filter { $0.refusal == nil }
        guard let first = free.first else { return nil }
        guard free.count > 1 else { return form(first, run) }
        // Some engines name them by numbers that tell nobody anything.
        let names = free.map { each in
            pipelines.count { $0.name == each.name } == 1 ? each.name : each.key.description
        }
        let own = run.flatMap { run in
            free.firstIndex { $0.key == RunKey(run.key.connection, run.pipeline) }.map { names[$0] }
        }
        return Question(
            choose, title: "Start a run",
            body: ["Left and right go through the pipelines; a name can be typed, too."],
            fields: [.init("pipeline", "pipeline", value: own ?? names[0], choices: names, isRequired: true)],
            verb: "Next", isMutating: false)
    }

    /// - Parameter run: whose values stand there first.
    static func form(_ pipeline: Pipeline, _ run: PipelineRun? = nil) -> Question {
        let before = run.flatMap { $0.pipeline == pipeline.key.id ? $0.parameters : nil } ?? [:]
        let secrets = (pipeline.parameters ?? []).filter { $0.kind == .secret }.map(\.name)
        var body = pipeline.words.isEmpty ? [] : [RunFigures.line(pipeline.words)]
        if pipeline.parameters == nil { body.append("Its parameters were not read: each has its standard value.") }
        if !secrets.isEmpty {
            body.append(
                "\(secrets.joined(separator: ", ")): not shown here; the standard value is taken. "
                    + "`pitwall pipelines start --secret` can give another.")
        }
        return Question(
            start + pipeline.key.description, title: "Start \(pipeline.name)", body: body,
            fields: (pipeline.parameters ?? []).filter {
                $0.kind != .secret && !Pipeline.markParameters.contains($0.name)
            }.prefix(12).map { parameter in
                .init(
                    parameter.name, parameter.name, value: before[parameter.name] ?? parameter.standard ?? "",
                    placeholder: parameter.kind.wanted,
                    choices: parameter.kind == .flag ? ["true", "false"] : parameter.choices,
                    isRequired: parameter.isRequired)
            }, verb: "Start")
    }

    static func stop(_ run: PipelineRun) -> Question {
        Question(
            stop + run.key.description, title: "Stop \(run.name)",
            body: [
                run.state == .queued
                    ? "It is taken from the queue." : "It is asked to end. What it has done already stays done."
            ], fields: [.init("reason", "why", placeholder: "wrong data")], verb: "Stop")
    }

    static func retry(_ run: PipelineRun) -> Question {
        Question(
            retry + run.key.description, title: "Run \(run.name) again",
            body: [
                "Kubeflow goes on with the same run from what failed. Jenkins starts another build with the same parameters."
            ], fields: [.init("reason", "why", placeholder: "the cluster was full")], verb: "Run again")
    }

    static func canStop(_ run: PipelineRun?) -> Availability {
        guard let run else { return .refused(because: "no run is selected") }
        return run.state.isOpen ? .available : .refused(because: "it is over")
    }

    static func canRetry(_ run: PipelineRun?) -> Availability {
        guard let run else { return .refused(because: "no run is selected") }
        if run.state == .gone { return .refused(because: "its server does not keep it any more") }
        return run.state.isOpen ? .refused(because: "it is not over: stop it first") : .available
    }

    static func answer(
        _ question: String, _ values: [String: String], _ pipelines: [Pipeline], _ run: PipelineRun?
    ) -> [Effect] {
        if question == choose {
            let words = (values["pipeline"] ?? "").trimmed
            let found = pipelines.first { $0.key.description == words || $0.name == words }
            guard let found else { return [.toast(Notice(.warn, "there is no pipeline `\(words)`"))] }
            if let refusal = found.refusal { return [.toast(Notice(.warn, refusal))] }
            return [.ask(form(found, run))]
        }
        let reason = RunFigures.line(values["reason"] ?? "").trimmed
        if question.hasPrefix(stop) {
            return [.stopPipeline(RunKey(String(question.dropFirst(stop.count))), reason: reason)]
        }
        if question.hasPrefix(retry) {
            return [.retryPipeline(RunKey(String(question.dropFirst(retry.count))), reason: reason)]
        }
        guard question.hasPrefix(start) else { return [] }
        let key = RunKey(String(question.dropFirst(start.count)))
        // An empty line stands for the standard value.
        let given = values.filter { !$0.value.isEmpty }
        if let words = pipelines.first(where: { $0.key == key })?.complaint(about: given) {
            return [.toast(Notice(.warn, words))]
        }
        return [.startPipeline(key, given)]
    }
}
