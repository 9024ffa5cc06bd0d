/// A value that a pipeline wants to be started with.
public struct PipelineParameter: Equatable, Codable, Sendable {
    public enum Kind: String, Codable, Sendable, CaseIterable {
        case text, number, whole, flag, choice
        /// A list or an object, as JSON.
        case structure
        /// What the server never tells again.
        case secret
    }

    public var name: String
    public var kind: Kind
    /// What is taken where none is given; nil: one must be given, or it is not told.
    public var standard: String?
    /// The only values there are; empty: any.
    public var choices: [String]
    public var words: String
    public var isRequired: Bool

    public init(
        _ name: String, _ kind: Kind = .text, standard: String? = nil, choices: [String] = [], words: String = "",
        isRequired: Bool = false
    ) {
        (self.name, self.kind, self.standard, self.choices) = (name, kind, standard, choices)
        (self.words, self.isRequired) = (words, isRequired)
    }
}

/// What a pipeline engine can run: a job of Jenkins, a pipeline of Kubeflow.
public struct Pipeline: Equatable, Sendable {
    /// Its name on its server: `folder/job`, or an id.
    public var key: RunKey
    /// As people call it.
    public var name: String
    public var words: String
    /// Nil: not read.
    public var parameters: [PipelineParameter]?
    /// Why it cannot be started; nil: it can.
    public var refusal: String?
    public var changedAt: Timestamp?
    /// Where its engine stands, as far as a run that is started next is searched for from there; only the engine can read
    /// it. Nil: it is of no use to it.
    public var standing: String?

    public init(
        _ key: RunKey, name: String, words: String = "", parameters: [PipelineParameter]? = nil,
        refusal: String? = nil, changedAt: Timestamp? = nil
    ) {
        (self.key, self.name, self.words, self.parameters) = (key, name, words, parameters)
        (self.refusal, self.changedAt) = (refusal, changedAt)
    }

    /// What is wrong with values that it is to be started with, in words; nil: nothing is. What only the server can judge
    /// is left to it.
    public func complaint(about values: [String: String]) -> String? {
        guard let parameters else { return nil }
        for name in values.keys.sorted() where !parameters.contains(where: { $0.name == name }) {
            let known = parameters.map(\.name).joined(separator: ", ")
            return "\(self.name) has no parameter `\(name)`; " + (known.isEmpty ? "it takes none" : "it has: \(known)")
        }
        for parameter in parameters {
            guard let value = values[parameter.name] else {
                if parameter.isRequired, !Self.markParameters.contains(parameter.name) {
                    return "\(parameter.name) is needed: \(name) has no value for it"
                }
                continue
            }
            if !parameter.choices.isEmpty, !parameter.choices.contains(value) {
                return "\(parameter.name) is one of: \(parameter.choices.joined(separator: ", "))"
            }
            let isFit: Bool
            switch parameter.kind {
            case .number: isFit = Double(value)?.isFinite == true
            case .whole: isFit = Int(value) != nil
            case .flag: isFit = ["true", "false"].contains(value.lowercased())
            case .text, .choice, .structure, .secret: isFit = true
            }
            if !isFit { return "\(parameter.name) wants \(parameter.kind.wanted), not `\(value)`" }
        }
        return nil
    }
}

extension PipelineParameter.Kind {
    /// What is to be written, as a hint in a form.
    public var wanted: String {
        switch self {
        case .number: "a number"
        case .whole: "a whole number"
        case .flag: "true or false"
        case .structure: "JSON"
        case .text, .choice, .secret: ""
        }
    }
}

/// What a step of a run, or a run, is doing.
public enum PipelineState: String, Codable, Sendable, CaseIterable {
    /// It waits for its turn: in a queue, for a node, for an executor.
    case queued
    case running
    /// A person is to say that it may go on.
    case waiting
    case succeeded
    /// It came to its end, and something of it failed (Jenkins: UNSTABLE).
    case unstable
    case failed
    case stopping, stopped
    case skipped
    /// The server has it no more.
    case gone
    /// The server's word is none that is known.
    case unknown

    /// Whether it may still change by itself.
    public var isOpen: Bool { [.queued, .running, .waiting, .stopping].contains(self) }
    public var isWell: Bool { self == .succeeded || self == .skipped }
}

/// One step of a run.
public struct PipelineStep: Equatable, Codable, Sendable {
    public var id: String
    public var name: String
    public var state: PipelineState
    public var startedAt: Timestamp?
    public var endedAt: Timestamp?
    /// Steps that it comes after, or lies within; by their ids.
    public var parents: [String]
    /// The pod that it runs in.
    public var pod: String?
    /// The server's word on what is wrong with it, or what a cluster says of its pod: why it is stuck.
    public var note: String

    public init(
        _ id: String, name: String, state: PipelineState, startedAt: Timestamp? = nil, endedAt: Timestamp? = nil,
        parents: [String] = [], pod: String? = nil, note: String = ""
    ) {
        (self.id, self.name, self.state) = (id, name, state)
        (self.startedAt, self.endedAt, self.parents) = (startedAt, endedAt, parents)
        (self.pod, self.note) = (pod, note)
    }

    /// Seconds from its start to its end, or to `now` while it runs.
    public func duration(at now: Timestamp) -> Double? {
        guard let startedAt, let end = endedAt ?? (state.isOpen ? now : nil) else { return nil }
        return max(0, end.since(startedAt))
    }
}

/// A run of a pipeline: a build of Jenkins, a run of Kubeflow.
public struct PipelineRun: Equatable, Sendable {
    /// What only its server can tell about it.
    public var key: RunKey
    /// `deploy-chat #12`.
    public var name: String
    /// Its pipeline's `key.id`; empty where it came from none that is kept.
    public var pipeline: String
    public var state: PipelineState
    /// When it was asked for.
    public var createdAt: Timestamp?
    public var startedAt: Timestamp?
    public var endedAt: Timestamp?
    public var author: String
    /// Why it was started, in the server's words.
    public var cause: String
    public var parameters: [String: String]
    /// What is wrong with it, or what it waits for, in words.
    public var note: String
    /// In the order in which they began; filled where one run is asked for.
    public var steps: [PipelineStep]
    /// Where pods of it are, and the label that they carry, where it runs in a cluster.
    public var place: PipelinePlace?

    public init(
        _ key: RunKey, name: String, pipeline: String = "", state: PipelineState = .unknown,
        createdAt: Timestamp? = nil, startedAt: Timestamp? = nil, endedAt: Timestamp? = nil, author: String = "",
        cause: String = "", parameters: [String: String] = [:], note: String = "", steps: [PipelineStep] = [],
        place: PipelinePlace? = nil
    ) {
        (self.key, self.name, self.pipeline, self.state) = (key, name, pipeline, state)
        (self.createdAt, self.startedAt, self.endedAt) = (createdAt, startedAt, endedAt)
        (self.author, self.cause, self.parameters) = (author, cause, parameters)
        (self.note, self.steps, self.place) = (note, steps, place)
    }

    /// Seconds from its start to its end, or to `now` while it runs.
    public func duration(at now: Timestamp) -> Double? {
        guard let startedAt, let end = endedAt ?? (state.isOpen ? now : nil) else { return nil }
        return max(0, end.since(startedAt))
    }

    /// Steps as a tree is written: each under the first of its parents, and how deep that is. A graph that goes round in
    /// a circle is cut where it does.
    public var outline: [(step: PipelineStep, depth: Int)] {
        var children: [String: [Int]] = [:]
        let known = Set(steps.map(\.id))
        var roots: [Int] = []
        for (index, step) in steps.enumerated() {
            if let parent = step.parents.first(where: { known.contains($0) && $0 != step.id }) {
                children[parent, default: []].append(index)
            } else {
                roots.append(index)
            }
        }
        var (result, seen): ([(PipelineStep, Int)], Set<Int>) = ([], [])
        // Those that lie in a circle hang on no root: they are shown all the same.
        var open = (roots + Array(steps.indices)).reversed().map { ($0, 0) }
        while let (index, depth) = open.popLast() {
            guard seen.insert(index).inserted else { continue }
            result.append((steps[index], depth))
            open += (children[steps[index].id] ?? []).reversed().map { ($0, depth + 1) }
        }
        return result
    }
}

/// Where the pods of a run are.
public struct PipelinePlace: Hashable, Codable, Sendable {
    public var namespace: String
    /// `pipeline/runid=...`.
    public var selector: String
    /// The connection that reaches the cluster; nil: any that knows the pods.
    public var cluster: ConnectionName?
    public init(namespace: String, selector: String, cluster: ConnectionName? = nil) {
        (self.namespace, self.selector, self.cluster) = (namespace, selector, cluster)
    }
}

extension PipelineRun {
    /// The step that a person would look at first: what failed, else what goes on, else the last with something to show.
    public var telling: PipelineStep? {
        steps.first { $0.state == .failed } ?? steps.first { $0.state.isOpen } ?? steps.last { $0.pod != nil }
            ?? steps.last
    }
}
