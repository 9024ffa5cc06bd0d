/// A training that was started from here: what it was to do, and what became of it.
public struct Training: Equatable, Codable, Sendable {
    /// How a program ended.
    public struct End: Equatable, Codable, Sendable {
        public enum Kind: String, Codable, Sendable { case finished, failed, stopped, timedOut, lost, notStarted }
        public var kind: Kind
        /// The exit status, or 128 and the signal's number.
        public var status: Int32?
        public var at: Timestamp
        public var words: String
        public init(_ kind: Kind, status: Int32? = nil, at: Timestamp, words: String = "") {
            (self.kind, self.status, self.at, self.words) = (kind, status, at, words)
        }
    }

    public var id: String
    public var template: TrainingTemplate
    public var values: [String: String]
    public var at: Timestamp
    public var author: String
    /// The sweep that it is a trial of.
    public var sweep: String?
    /// The revision of the code that it began with, where that is a Git checkout.
    public var revision: String?
    /// Which of a sweep's trials it is, from 0.
    public var trial: Int?
    // What is known of it since.
    public var tracked: RunKey?
    /// Where it runs, when that is elsewhere.
    public var reference: RemoteReference?
    public var process: ProcessMark?
    /// Where it was found, when its start was not answered.
    public var found: String?
    /// Who asked for its stop, and why.
    public var stopAsked: String?
    public var end: End?
    /// `MODEL VERSION`.
    public var registered: String?
    /// What is seen of it elsewhere, while it is open.
    public var sight: RemoteSight?
    public var usage: TrainingUsage?

    public init(
        id: String, template: TrainingTemplate, values: [String: String], at: Timestamp, author: String,
        sweep: String? = nil, revision: String? = nil, trial: Int? = nil
    ) {
        (self.id, self.template, self.values, self.at) = (id, template, values, at)
        (self.author, self.sweep, self.revision, self.trial) = (author, sweep, revision, trial)
    }

    /// What it took until `now`; nil where neither pods, this machine's driver nor the template tell of GPUs.
    public func used(at now: Timestamp) -> RunUsage? {
        guard let usage else { return nil }
        let hours = usage.hours(at: now)
        return RunUsage(
            gpus: usage.gpus, gpuHours: hours, utilisation: usage.utilisation,
            cost: template.price.map { $0.perHour * hours }, currency: template.price?.currency ?? "",
            memory: usage.memory, energy: usage.energy.map { $0 / 3.6e6 })
    }

    /// As the table of runs shows it.
    public func run(_ curves: [String: [MetricPoint]], at now: Timestamp? = nil) -> TrainingRun {
        let isWaiting = process == nil && reference == nil || sight?.phase == .waiting
        let status: TrainingRun.Status =
            switch end?.kind {
            case nil: isWaiting ? .scheduled : .running
            case .finished: .finished
            case .failed, .timedOut, .notStarted: .failed
            case .stopped: .stopped
            case .lost: .lost
            }
        var run = TrainingRun(
            RunKey(nil, id), name: id, experiment: template.name, status: status, startedAt: at, endedAt: end?.at,
            author: author, parameters: values, metrics: curves.compactMapValues(\.last), note: end?.words ?? "")
        if let sweep { run.tags["sweep"] = sweep }
        if let revision { run.tags["revision"] = revision }
        if let registered { run.tags["registered"] = registered }
        if end == nil, let sight { run.note = sight.words }
        if end == nil, let stopAsked { run.note = "asked to stop: \(stopAsked)" }
        if let reference { run.tags["runs as"] = "\(reference)" }
        run.tracked = tracked
        run.usage = now.flatMap { used(at: $0) }
        return run
    }
}

/// A process that is known again after a restart: a number alone may belong to another one by then.
public struct ProcessMark: Equatable, Codable, Sendable {
    public var pid: Int32
    /// When it began, in ticks since the machine did.
    public var start: UInt64
    /// Which start of the machine that was.
    public var boot: String
    public init(pid: Int32, start: UInt64, boot: String) { (self.pid, self.start, self.boot) = (pid, start, boot) }
}

/// What became known of a training. Facts are only added.
public enum TrainingFact: Equatable, Codable, Sendable {
    case tracked(RunKey)
    /// What it will be called elsewhere: written before it is sent.
    case placed(RemoteReference)
    case started(ProcessMark)
    /// Its start was not answered, and it was found all the same: where.
    case found(String)
    case stopAsked(String)
    case ended(Training.End)
    case registering(ModelRegistration)
    case registered(model: String, version: String)
    case notRegistered(String)

    /// For the audit trail.
    public var words: (what: String, detail: String) {
        switch self {
        case .tracked(let run): ("training tracked", run.description)
        case .placed(let reference): ("training to be sent", reference.description)
        case .started(let process): ("training started", "process \(process.pid)")
        case .found(let place): ("training found", "at \(place): its start was not answered")
        case .stopAsked(let why): ("training asked to stop", why)
        case .ended(let end):
            (
                "training \(end.kind.rawValue)",
                [end.status.map { "status \($0)" }, end.words].compactMap { $0 }.joined(separator: ": ")
            )
        case .registering(let registration): ("model registering", "\(registration.model) from \(registration.source)")
        case .registered(let model, let version): ("model registered", "\(model) version \(version)")
        case .notRegistered(let why): ("model not registered", why)
        }
    }
}

extension Training {
    public mutating func take(_ fact: TrainingFact) {
        switch fact {
        case .tracked(let run): tracked = run
        case .placed(let place): reference = place
        case .started(let mark): process = mark
        case .found(let place): found = place
        case .stopAsked(let why): stopAsked = stopAsked ?? why
        // The first word on its end holds.
        case .ended(let end): self.end = self.end ?? end
        case .registered(let model, let version): registered = "\(model) \(version)"
        case .registering, .notRegistered: break
        }
    }
}
