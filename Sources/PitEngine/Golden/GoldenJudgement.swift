public import PitModel
import PitParse
import PitStatistics

/// Compares a lap with those before it, against how far they lie apart themselves.
public enum GoldenJudgement {
    /// The state that laps of one model at one connection give; nil without any. Only laps with the latest one's prompts
    /// count: others ask something else.
    ///
    /// - Parameter laps: the oldest first.
    public static func state(_ laps: [GoldenLap]) -> GoldenState? {
        guard let last = laps.last else { return nil }
        let own = laps.filter { $0.prompts == last.prompts }
        let references = references(own.filter { $0.isWhole && $0.at < last.at })
        var state = state(of: last, references)
        guard state.similarity != nil else { return state }
        state.trend = own.suffix(60).map { lap in lap.isWhole ? similarity(lap, without(lap, references)).mean : nil }
        return state
    }

    /// The first laps, but for those that were apart when they came: a model that changed is not compared with itself.
    private static func references(_ laps: [GoldenLap]) -> [GoldenLap] {
        var references: [GoldenLap] = []
        for lap in laps.prefix(4 * GoldenState.referenceLaps) where references.count < GoldenState.referenceLaps {
            if state(of: lap, references).verdict != .apart { references.append(lap) }
        }
        return references
    }

    private static func state(of lap: GoldenLap, _ references: [GoldenLap]) -> GoldenState {
        var state = GoldenState(
            model: lap.model, connection: lap.connection, at: lap.at, release: lap.release,
            laps: references.count, since: references.first?.at, verdict: .learning)
        state.lines = lap.prompts.indices.map { place in
            GoldenState.Line(
                prompt: lap.prompts[place], answer: lap.answers[place], reference: nil, similarity: nil, usual: nil)
        }
        guard lap.isWhole else {
            state.verdict = .incomplete
            return state
        }
        guard references.count >= GoldenState.leastLaps else { return state }
        compare(lap, references, &state)
        let usual = references.indices.compactMap { place in
            similarity(references[place], without(place, references)).mean
        }
        state.usual = usual.min()
        let isFar = (state.similarity ?? 0) < (state.usual ?? 0) - GoldenState.margin
        // One new refusal among many prompts may be chance; two, or one in ten, are not.
        let few = max(2, lap.prompts.count / 10)
        state.verdict = isFar || state.newRefusals >= few || state.brokenJSON >= few ? .apart : .same
        return state
    }

    private static func without(_ place: Int, _ laps: [GoldenLap]) -> [GoldenLap] {
        laps.indices.filter { $0 != place }.map { laps[$0] }
    }

    /// A lap is not compared with itself.
    private static func without(_ lap: GoldenLap, _ laps: [GoldenLap]) -> [GoldenLap] { laps.filter { $0 != lap } }

    private static func compare(_ lap: GoldenLap, _ references: [GoldenLap], _ state: inout GoldenState) {
        let found = similarity(lap, references)
        state.similarity = found.mean
        var (exact, own, theirs) = (0, 0, 0)
        for place in lap.prompts.indices {
            let answer = lap.answers[place] ?? ""
            let all = references.map { $0.answers[place] ?? "" }
            let nearest = references[found.nearest[place]].answers[place] ?? ""
            if all.contains(answer) { exact += 1 }
            own += answer.count
            theirs += nearest.count
            if isRefusal(answer), !all.contains(where: isRefusal) { state.newRefusals += 1 }
            if all.allSatisfy(isJSON), !isJSON(answer) { state.brokenJSON += 1 }
            let usual = references.indices.map { one in
                similarity(all[one], all.indices.filter { $0 != one }.map { all[$0] }).value
            }.min()
            state.lines[place] = GoldenState.Line(
                prompt: lap.prompts[place], answer: answer, reference: nearest, similarity: found.values[place],
                usual: usual)
        }
        state.exact = Double(exact) / Double(max(1, lap.prompts.count))
        state.length = theirs > 0 ? Double(own) / Double(theirs) : nil
    }

    /// Of each prompt's answer with the nearest of several laps' answers, and the mean.
    private static func similarity(
        _ lap: GoldenLap, _ others: [GoldenLap]
    ) -> (mean: Double?, values: [Double], nearest: [Int]) {
        guard !others.isEmpty, !lap.prompts.isEmpty else { return (nil, [], []) }
        let all = lap.prompts.indices.map { place in
            similarity(lap.answers[place] ?? "", others.map { $0.answers[place] ?? "" })
        }
        return (all.reduce(0) { $0 + $1.value } / Double(all.count), all.map(\.value), all.map(\.nearest))
    }

    private static func similarity(_ answer: String, _ others: [String]) -> (value: Double, nearest: Int) {
        if let same = others.firstIndex(of: answer) { return (1, same) }
        var best = (value: -1.0, nearest: 0)
        for (place, other) in others.enumerated() {
            let value = alike(answer, other)
            if value > best.value { best = (value, place) }
        }
        return (max(0, best.value), best.nearest)
    }

    /// ROUGE-L's F; where one has no word that ROUGE knows, as text in other scripts, the share of characters that need no
    /// edit.
    private static func alike(_ a: String, _ b: String) -> Double {
        func hasWords(_ text: String) -> Bool {
            text.utf8.contains { (0x61...0x7a).contains($0 | 0x20) || (0x30...0x39).contains($0) }
        }
        if hasWords(a), hasWords(b) {
            let scores = try? Rouge(kinds: [.rougeL]).segments(TextLines([a]), [TextLines([b])])
            return scores?[.rougeL]?.first?.fmeasure ?? 0
        }
        return EditSimilarityMetric.similarity(
            Array(a.unicodeScalars.prefix(1000)), Array(b.unicodeScalars.prefix(1000)))
    }

    private static func isRefusal(_ text: String) -> Bool { RefusalDescriptor.isRefusal(Array(text.utf8)) }
    private static func isJSON(_ text: String) -> Bool {
        // A lone word or number is no answer in JSON.
        JSONReader.value(of: text.utf8).map { $0.members != nil || $0.list != nil } ?? false
    }
}
