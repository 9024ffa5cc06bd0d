import PitModel
import Yams

/// Trainings that run elsewhere: what is to be made of a cluster, and where.
extension ConfigReader {
    /// Values of a manifest that are read at most.
    private static let mostValues = 5000

    /// `job: {connection: prod, namespace: ml, manifest: ...}`, or with an image in the manifest's place.
    func readJob(
        _ fields: Fields, _ parameters: [TrainingTemplate.Parameter], _ config: Config, _ issues: IssueList
    ) -> TrainingPlace? {
        guard let job = fields.fields("job") else { return nil }
        let connection = job.required("connection", example: "prod")
        if let connection {
            checkConnection(connection, kinds: ["kubernetes"], config, at: job.mark(of: "connection"), issues)
        }
        let names = Set(parameters.map(\.name))
        let manifest: ManifestValue?
        if let node = job.node("manifest") {
            manifest = readManifest(node, names, issues)
        } else {
            manifest = readImage(job, names, issues)
        }
        let namespace = job.text("namespace")
        job.finish()
        guard let connection, let manifest else { return nil }
        return TrainingPlace(
            connection: ConnectionName(connection), namespace: namespace, work: .object(manifest))
    }

    /// `jenkins: {connection: ci, job: folder/train}`, `pipeline: {connection: kfp, name: train}`: the template's parameters
    /// are handed over by their names.
    func readPipeline(_ fields: Fields, _ config: Config, _ issues: IssueList) -> TrainingPlace? {
        for (key, noun, kinds) in [("jenkins", "job", ["jenkins"]), ("pipeline", "name", Self.pipelineKinds)]
        where fields.has(key) {
            guard let place = fields.fields(key) else { continue }
            let (connection, name) = (
                place.required("connection", example: "ci"), place.required(noun, example: "train")
            )
            if let connection {
                checkConnection(connection, kinds: kinds, config, at: place.mark(of: "connection"), issues)
            }
            place.finish()
            guard let connection, let name else { continue }
            return TrainingPlace(
                connection: ConnectionName(connection), work: key == "jenkins" ? .build(name) : .pipeline(name))
        }
        return nil
    }

    /// Kinds of connections that run pipelines.
    private static let pipelineKinds = ["kubeflow"]

    private func readManifest(_ node: Node, _ names: Set<String>, _ issues: IssueList) -> ManifestValue? {
        var root = node
        if case .scalar(let scalar) = node {
            // A block of text is YAML of its own.
            do {
                guard let inner = try Yams.compose(yaml: scalar.string) else { throw YamlError.no }
                root = inner
            } catch {
                issues.add(
                    "the manifest cannot be read: \(error)", hint: "It is YAML, as kubectl takes it.", at: node.mark)
                return nil
            }
        }
        var left = Self.mostValues
        guard let value = Self.value(root, names, &left), case .object = value else {
            issues.add(
                left > 0 ? "the manifest is no mapping" : "the manifest has more than \(Self.mostValues) values",
                hint: "Write one object, as kubectl takes it: apiVersion, kind, spec.", at: node.mark)
            return nil
        }
        let kind = value["kind"]?.text ?? ""
        if !TrainingPlace.kinds.contains(kind) {
            let near = Nearest.word(to: kind, among: TrainingPlace.kinds).map { "Did you mean `\($0)`? " } ?? ""
            issues.add(
                "the manifest's kind is `\(kind.prefix(60))`",
                hint: "\(near)What can be started and watched: \(TrainingPlace.kinds.joined(separator: ", ")).",
                at: node.mark)
            return nil
        }
        return value
    }

    /// `{lr}` without quotes is a mapping of one name without a value: there a number stays a number.
    private static func value(_ node: Node, _ names: Set<String>, _ left: inout Int) -> ManifestValue? {
        left -= 1
        guard left > 0 else { return nil }
        switch node {
        case .mapping(let mapping):
            if mapping.count == 1, let only = mapping.first, let name = only.key.string, names.contains(name),
                only.value.null != nil
            {
                return .place(name)
            }
            var members: [ManifestValue.Member] = []
            for (key, item) in mapping {
                guard let name = key.string, let value = value(item, names, &left) else { return nil }
                members.append(.init(name, value))
            }
            return .object(members)
        case .sequence(let sequence):
            var items: [ManifestValue] = []
            for item in sequence {
                guard let value = value(item, names, &left) else { return nil }
                items.append(value)
            }
            return .list(items)
        case .scalar(let scalar):
            guard scalar.style == .plain || scalar.style == .any else { return .text(scalar.string) }
            if node.null != nil { return .null }
            if let flag = node.bool { return .flag(flag) }
            if let whole = node.int, abs(whole) < 1 << 53 { return .number(Double(whole)) }
            if let number = node.float, number.isFinite { return .number(number) }
            return .text(scalar.string)
        default: return nil
        }
    }

    /// A Job of one pod.
    private func readImage(_ job: Fields, _ names: Set<String>, _ issues: IssueList) -> ManifestValue? {
        guard let image = job.text("image"), !image.isEmpty else {
            issues.add(
                "a job has neither `manifest` nor `image`",
                hint: "Add `image: registry/train:1` with `command`, or a whole `manifest`.", at: job.mark)
            return nil
        }
        func texts(_ words: [String]) -> ManifestValue { .list(words.map { .text($0) }) }
        var container: [ManifestValue.Member] = [.init("name", .text("train")), .init("image", .text(image))]
        if let command = job.words("command") { container.append(.init("command", texts(command))) }
        var resources: [ManifestValue.Member] = []
        for key in ["cpu", "memory"] {
            if let amount = job.text(key) { resources.append(.init(key, .text(amount))) }
        }
        if let node = job.node("gpus") {
            var left = 10
            if let amount = Self.value(node, names, &left) { resources.append(.init("nvidia.com/gpu", amount.asText)) }
        }
        if !resources.isEmpty {
            // GPUs are asked for as a limit; what is not requested is requested as much as the limit.
            container.append(.init("resources", .object([.init("limits", .object(resources))])))
        }
        var pod: [ManifestValue.Member] = [.init("restartPolicy", .text("Never"))]
        if let account = job.text("service_account") { pod.append(.init("serviceAccountName", .text(account))) }
        pod.append(.init("containers", .list([.object(container)])))
        return .object([
            .init("apiVersion", .text("batch/v1")), .init("kind", .text("Job")),
            .init(
                "spec",
                .object([
                    .init("backoffLimit", .number(0)), .init("ttlSecondsAfterFinished", .number(86400)),
                    .init("template", .object([.init("spec", .object(pod))])),
                ])),
        ])
    }
}

extension ManifestValue {
    /// A quantity may be written as a number; a place in it stays text.
    fileprivate var asText: ManifestValue {
        switch self {
        case .number(let value): .text(value == value.rounded() ? "\(Int(value))" : "\(value)")
        case .place(let name): .text("{\(name)}")
        default: self
        }
    }
}
