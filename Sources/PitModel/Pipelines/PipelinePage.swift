/// What a screen wants to know of pipelines: the list, or one run with a step's log.
public struct PipelineQuery: Hashable, Sendable {
    public var run: RunKey?
    /// Whose log is wanted; nil: the run's own.
    public var step: String?
    public init(_ run: RunKey? = nil, step: String? = nil) { (self.run, self.step) = (run, step) }
}

/// What was found of it.
public struct PipelinePage: Equatable, Sendable {
    public var pipelines: [Pipeline]
    /// The newest first; of one run: that.
    public var runs: [PipelineRun]
    /// The end of what the run or the step has written.
    public var log: [String]
    /// Why there is no log, in words; empty where there is one.
    public var logNote: String
    /// What could not be read, in words.
    public var faults: [String]
    /// What was asked and not answered: that it is searched for, or what came of the search.
    public var notes: [String] = []
    public var hasMore: Bool
    /// Whether a pipeline engine is connected at all.
    public var hasSource: Bool
    public init(
        pipelines: [Pipeline] = [], runs: [PipelineRun] = [], log: [String] = [], logNote: String = "",
        faults: [String] = [], hasMore: Bool = false, hasSource: Bool = true
    ) {
        (self.pipelines, self.runs, self.log, self.logNote) = (pipelines, runs, log, logNote)
        (self.faults, self.hasMore, self.hasSource) = (faults, hasMore, hasSource)
    }
}

/// Something that a person asked of a pipeline engine: written down before it is sent, and closed by what was seen.
public struct PipelineAct: Equatable, Codable, Sendable {
    public enum Verb: String, Codable, Sendable { case start, stop, retry }
    public enum Fact: Equatable, Codable, Sendable {
        /// The server took it; what it can be asked after by.
        case accepted(String)
        case refused(String)
        /// Its answer was not heard: why. It is searched for.
        case lost(String)
        /// The server answered well, and nothing of it is there yet.
        case missed(Timestamp)
        /// It is there: as what, and how that is known.
        case found(String, String)
        /// It did not arrive.
        case absent(String)
        /// Nobody knows whether it arrived, and that is not found out any more.
        case unheard(String)
        /// A run came of it.
        case became(String)
        case ended(PipelineState, String)
    }

    public var id: String
    public var verb: Verb
    /// The pipeline, or the run.
    public var subject: RunKey
    /// Names of those whose values are secret stand without one.
    public var parameters: [String: String]
    public var reason: String
    public var author: String
    public var at: Timestamp
    // What is known of it since.
    public var run: String?
    public var end: PipelineState?
    public var words: String
    /// By what a run is found whose start was not answered; nil where none is started.
    public var search: PipelineSearch?
    /// Whether its answer was not heard, and how that came out.
    public var loss: Loss?
    /// Since when the server answers well and has nothing of it.
    public var missedAt: Timestamp?

    public enum Loss: String, Codable, Sendable { case searched, found, absent, unknown }

    public init(
        id: String, _ verb: Verb, _ subject: RunKey, parameters: [String: String] = [:], reason: String = "",
        author: String, at: Timestamp
    ) {
        (self.id, self.verb, self.subject, self.parameters) = (id, verb, subject, parameters)
        (self.reason, self.author, self.at, words) = (reason, author, at, "")
    }

    /// Whether its end is not known.
    public var isOpen: Bool { end == nil }

    public mutating func take(_ fact: Fact) {
        switch fact {
        case .accepted(let reference): (run, loss) = (run ?? reference, loss == .searched ? nil : loss)
        case .became(let id): run = id
        case .lost(let why): (loss, words) = (.searched, why)
        case .missed(let at): (missedAt, loss) = (missedAt ?? at, loss ?? .searched)
        case .found(let id, let how): (run, loss, words) = (run ?? id, .found, how)
        case .absent(let why): (end, loss, words) = (end ?? .failed, .absent, why)
        case .refused(let why): (end, words) = (end ?? .failed, why)
        case .unheard(let why): (end, loss, words) = (end ?? .unknown, .unknown, why)
        case .ended(let state, let why): (end, words) = (end ?? state, why)
        }
    }
}

extension PipelineAct.Fact {
    /// For the audit trail.
    public func words(_ verb: PipelineAct.Verb) -> (what: String, detail: String) {
        switch self {
        case .accepted(let reference): ("pipeline \(verb.rawValue) accepted", reference)
        case .refused(let why): ("pipeline \(verb.rawValue) refused", why)
        case .unheard(let why): ("pipeline \(verb.rawValue) unheard", why)
        case .lost(let why): ("pipeline \(verb.rawValue) not answered", why)
        case .missed: ("pipeline \(verb.rawValue) searched", "nothing of it is there yet")
        case .found(let run, let how): ("pipeline \(verb.rawValue) found", "at \(run): \(how)")
        case .absent(let why): ("pipeline \(verb.rawValue) did not arrive", why)
        case .became(let run): ("pipeline run began", run)
        case .ended(let state, let why): ("pipeline run \(state.rawValue)", why)
        }
    }
}

extension PipelineAct {
    /// Whether a fact says something that is not known already: two who look at once tell it once.
    public func isNews(_ fact: Fact) -> Bool {
        switch fact {
        case .lost: loss == nil
        case .missed: missedAt == nil
        case .found: run == nil
        case .became(let id): run != id
        case .accepted, .refused, .unheard, .absent, .ended: true
        }
    }

    /// What a person is to know of an answer that was not heard, for an hour after it is settled; nil: nothing.
    public func note(at now: Timestamp) -> String? {
        let what = "\(verb.rawValue) of \(subject), asked \(Int(max(0, now.since(at)) / 60)) min ago"
        switch loss {
        case .searched: return "\(what): its answer was not heard, and it is searched for"
        case .found where now.since(at) < 3600: return "\(what): its answer was not heard; found at \(run ?? "")"
        case .absent where now.since(at) < 3600, .unknown where now.since(at) < 3600: return "\(what): \(words)"
        case .found, .absent, .unknown, nil: return nil
        }
    }
}
