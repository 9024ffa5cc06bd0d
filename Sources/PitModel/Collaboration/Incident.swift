/// What happened in a span of time, for those who were not there: as it came, with what the charts showed, what people did,
/// whether it helped, and some of the very responses.
public struct Incident: Equatable, Codable, Sendable {
    /// A signal over the span.
    public struct Chart: Equatable, Codable, Sendable {
        public var model: ModelName
        public var signal: Signal
        public var start: Timestamp
        public var step: Double
        public var values: [Double?]
        /// What was promised, where anything was.
        public var limit: Double?
        /// What happened meanwhile.
        public var marks: [Mark] = []

        /// A moment, and what happened then.
        public struct Mark: Equatable, Codable, Sendable {
            public var at: Timestamp
            public var words: String
            public init(_ at: Timestamp, _ words: String) { (self.at, self.words) = (at, words) }
        }

        public init(
            model: ModelName, signal: Signal, start: Timestamp, step: Double, values: [Double?], limit: Double? = nil
        ) {
            (self.model, self.signal, self.start, self.step) = (model, signal, start, step)
            (self.values, self.limit) = (values, limit)
        }
        public var title: String { "\(model): \(signal.info.title)" }
        public var known: [Double] { values.compactMap { $0 } }
    }
    /// An exchange, what is private in it taken out.
    public struct Sample: Equatable, Codable, Sendable {
        public var at: Timestamp
        public var model: ModelName?
        public var why: String
        public var prompt: String
        public var response: String
        public init(at: Timestamp, model: ModelName?, why: String, prompt: String, response: String) {
            (self.at, self.model, self.why, self.prompt, self.response) = (at, model, why, prompt, response)
        }
    }
    /// What is known of the span.
    public struct Evidence: Sendable {
        public var events: [Event] = []
        public var audit: [AuditEntry] = []
        public var operations: [JournalEntry] = []
        public var proofs: [Proof] = []
        public var charts: [Chart] = []
        public var samples: [Sample] = []
        public var judged: [(author: String, count: Int)] = []
        public init() {}
    }

    public var from: Timestamp
    public var to: Timestamp
    public var model: ModelName?
    public var author: String
    public var charts: [Chart]
    public var sections: [Handover.Section]
    public var samples: [Sample]

    /// Lines of a section at most; the rest is counted.
    private static let most = 200

    public init(from: Timestamp, to: Timestamp, model: ModelName?, author: String, _ evidence: Evidence) {
        (self.from, self.to, self.model, self.author) = (from, to, model, author)
        (charts, samples) = (evidence.charts, evidence.samples)
        let events = evidence.events.filter { $0.at >= from && $0.at <= to }
        sections = [
            .init("In short", Self.summary(events, evidence, from, to), none: "Nothing was seen to happen."),
            .init("Timeline", Self.timeline(events, evidence, from, to), none: "Nothing is recorded of this time."),
            .init(
                "What the signals showed", evidence.charts.map(Self.figures),
                none: "No signal is kept of this time."),
            .init(
                "Operations", Self.bounded(Self.operations(evidence, from, to)),
                none: "Nothing was asked of any system."),
            .init(
                "Proofs",
                evidence.proofs.filter { $0.startedAt >= from && $0.startedAt <= to }.map {
                    "\($0.deployment.path): \($0.verdict.word)" + ($0.words.isEmpty ? "" : ", \($0.words)")
                }, none: "Nothing was to be proved."),
            .init(
                "Judged", evidence.judged.map { "\($0.author): \($0.count) judgements" },
                none: "Nobody judged anything."),
        ]
    }

    private static func bounded(_ lines: [String]) -> [String] {
        lines.count <= most ? lines : Array(lines.prefix(most)) + ["and \(lines.count - most) more"]
    }

    private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

    private static func summary(
        _ events: [Event], _ evidence: Evidence, _ from: Timestamp, _ to: Timestamp
    ) -> [String] {
        guard !events.isEmpty || !evidence.operations.isEmpty else { return [] }
        let fired = events.filter { $0.kind == .alertFired }
        let resolved = events.filter { $0.kind == .alertResolved }
        let releases = events.filter { $0.kind == .release }
        var lines = ["\(count(fired.count, "alert")) fired, \(resolved.count) resolved"]
        if let first = fired.first {
            let before = releases.last { $0.at <= first.at }
            lines.append("first: \(first.title), at \(clock(first.at))")
            if let before { lines.append("the change before it: \(before.title), at \(clock(before.at))") }
        }
        let models = Set(fired.compactMap(\.model)).sorted()
        if !models.isEmpty { lines.append("models: \(models.map(\.description).joined(separator: ", "))") }
        let people = Set(evidence.audit.filter { $0.at >= from && $0.at <= to }.map(\.author)).sorted()
        if !people.isEmpty { lines.append("who acted: \(people.joined(separator: ", "))") }
        return lines
    }

    private static func timeline(
        _ events: [Event], _ evidence: Evidence, _ from: Timestamp, _ to: Timestamp
    ) -> [String] {
        let seen = events.map { event in
            (
                event.at,
                "\(words(event.kind)): \(event.title)" + (event.model.map { " (\($0))" } ?? "")
                    + (event.detail.isEmpty ? "" : ", \(event.detail)")
            )
        }
        let done = evidence.audit.filter { $0.at >= from && $0.at <= to }.map { entry in
            (
                entry.at,
                "\(entry.author): \(entry.what)" + (entry.subject.isEmpty ? "" : " \(entry.subject)")
                    + (entry.detail.isEmpty ? "" : ", \(entry.detail)")
            )
        }
        let all = (seen + done).enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }
        return bounded(all.map { "\(clock($0.element.0)) \($0.element.1)" })
    }

    /// `alertFired` as people write it.
    private static func words(_ kind: Event.Kind) -> String {
        kind.rawValue.reduce(into: "") { text, character in
            text += character.isUppercase ? " \(character.lowercased())" : String(character)
        }
    }

    private static func operations(_ evidence: Evidence, _ from: Timestamp, _ to: Timestamp) -> [String] {
        evidence.operations.filter { $0.operation.at >= from && $0.operation.at <= to }.map { entry in
            "\(clock(entry.operation.at)) \(entry.operation.request.word) by \(entry.operation.author): "
                + entry.stage.rawValue
                + (entry.operation.reason.isEmpty ? "" : ", because \(entry.operation.reason)")
        }
    }

    private static func figures(_ chart: Chart) -> String {
        let known = chart.known.sorted()
        guard let least = known.first, let most = known.last else { return "\(chart.title): --" }
        func words(_ value: Double) -> String { chart.signal.info.unit.plain(value) }
        return "\(chart.title): median \(words(known[known.count / 2])), from \(words(least)) to \(words(most))"
            + (chart.limit.map { ", promised \(words($0))" } ?? "")
            + (known.count < chart.values.count ? ", \(chart.values.count - known.count) steps missing" : "")
    }

    private static func clock(_ at: Timestamp) -> String { String(at.rfc3339.prefix(19)).replacing("T", with: " ") }

    // MARK: - As text

    private var sampleSection: Handover.Section {
        Handover.Section(
            "Some of the responses, private words taken out",
            samples.map { "\(Self.clock($0.at)) \($0.why): asked: \($0.prompt) -- answered: \($0.response)" },
            none: "No exchange of this time is kept.")
    }

    private var text: ReportText {
        ReportText(
            "Incident" + (model.map { " of \($0)" } ?? ""),
            lead: "\(from.rfc3339) to \(to.rfc3339), written down by \(author)", sections: sections + [sampleSection])
    }

    /// - Parameter pictures: names of the charts' files, in their order, where they are written beside it.
    public func markdown(pictures: [String] = []) -> String {
        let links = zip(charts, pictures).map { "\n![\($0.title.filter { !"[]()".contains($0) })](\($1))\n" }
        return text.markdown + (links.isEmpty ? "" : "\n## Charts\n" + links.joined())
    }

    /// One page that needs nothing else: the charts stand in it.
    public var html: String {
        let drawn = charts.filter { !$0.known.isEmpty }.map(\.svg)
        return text.html.replacing(
            "</body></html>",
            with: (drawn.isEmpty ? "" : "<h2>Charts</h2>\n" + drawn.joined(separator: "\n")) + "\n</body></html>")
    }
}

extension SignalUnit {
    /// A value for a report: `1.25 s`, `3.4 %`.
    fileprivate func plain(_ value: Double) -> String {
        func digits(_ value: Double) -> String {
            let hundredths = (value * 100).rounded() / 100
            return hundredths == hundredths.rounded() && abs(hundredths) < 1e15
                ? "\(Int64(hundredths))" : "\(hundredths)"
        }
        switch self {
        case .seconds: return "\(digits(value)) s"
        case .ratio: return "\(digits(value * 100)) %"
        case .perSecond: return "\(digits(value)) per second"
        default: return digits(value)
        }
    }
}
