import PitModel
import PitStatistics

/// The orders of a queue.
extension LabelQueueBuilder {
    func ordered(_ candidates: [Candidate], _ random: inout SplitMix) -> [Candidate] {
        switch queue.order {
        case .newest: return candidates
        case .random:
            // From the same beginning whatever order they were read in.
            return candidates.sorted { $0.item.id < $1.item.id }.shuffled(using: &random)
        case .uncertainty: return byUncertainty(candidates)
        case .coverage: return byCoverage(candidates)
        }
    }

    /// Those first of which least is known: that people disagree on, that a machine was unsure of or contradicts, then
    /// those nearest to the border that a classifier draws between the two releases, or between older and newer ones.
    private func byUncertainty(_ candidates: [Candidate]) -> [Candidate] {
        let border = nearness(candidates)
        let scores = candidates.indices.map { place in
            2 * disagreement(candidates[place].item.id) + doubt(candidates[place].exchange) + border[place]
        }
        return candidates.indices.sorted { scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1 }
            .map { candidates[$0] }
    }

    /// The share of pairs of people who answered one question otherwise, of the question where it is greatest.
    private func disagreement(_ item: String) -> Double {
        let byQuestion = Dictionary(grouping: judged[item] ?? [], by: \.question)
        return byQuestion.values.map { answers -> Double in
            let values = answers.compactMap(\.value)
            guard values.count > 1 else { return 0 }
            var differ = 0
            for i in values.indices { for j in (i + 1)..<values.count where values[i] != values[j] { differ += 1 } }
            return Double(2 * differ) / Double(values.count * (values.count - 1))
        }.max() ?? 0
    }

    /// How unsure a judge or a detector was, by its own word: 1 in the middle.
    private func doubt(_ exchange: KeptInteraction) -> Double {
        var scores = exchange.findings.filter { $0.label == nil }.map(\.finding.score)
        for name in ["judge.confidence", "judge_confidence", "eval.score", "confidence"] {
            if case .number(let number)? = exchange.interaction.attributes[name] { scores.append(number) }
        }
        return scores.filter { (0...1).contains($0) }.map { 1 - 2 * abs($0 - 0.5) }.max() ?? 0
    }

    /// How near each lies to the classifier's border: 1 on it, 0 where it is sure.
    private func nearness(_ candidates: [Candidate]) -> [Double] {
        let isCurrent: [Bool]
        if queue.releases.count == 2 {
            isCurrent = candidates.map { $0.release == queue.releases[1] }
        } else {
            let times = candidates.map(\.exchange.interaction.at).sorted()
            let middle = times.isEmpty ? Timestamp(milliseconds: 0) : times[times.count / 2]
            isCurrent = candidates.map { $0.exchange.interaction.at >= middle }
        }
        func places(_ side: Bool) -> [Int] { candidates.indices.filter { isCurrent[$0] == side } }
        func texts(_ places: [Int]) -> [String] { places.map { candidates[$0].exchange.interaction.response ?? "" } }
        var near = candidates.map { _ in 0.0 }
        let (old, new) = (places(false), places(true))
        guard let found = DomainClassifier.probabilities(texts(old), texts(new)) else { return near }
        for (place, probability) in Array(zip(old, found.reference)) + Array(zip(new, found.current)) {
            near[place] = 1 - 2 * abs(probability - 0.5)
        }
        return near
    }

    /// One of each cluster of near-duplicates first, those of the largest first; then the second of each, and so on.
    private func byCoverage(_ candidates: [Candidate]) -> [Candidate] {
        let hashes = candidates.map { MinHash(Shingles.of(ReadText($0.exchange.interaction.response ?? "").words)) }
        var clusters: [[Int]] = []
        var index: [UInt64: [Int]] = [:]
        for place in candidates.indices {
            let keys = hashes[place].keys()
            let near = keys.lazy.flatMap { index[$0] ?? [] }.first {
                hashes[clusters[$0][0]].likeness(to: hashes[place]) >= 0.5
            }
            if let near {
                clusters[near].append(place)
            } else {
                for key in keys { index[key, default: []].append(clusters.count) }
                clusters.append([place])
            }
        }
        clusters.sort { $0.count != $1.count ? $0.count > $1.count : $0[0] < $1[0] }
        var result: [Candidate] = []
        for turn in 0..<(clusters.first?.count ?? 0) {
            for cluster in clusters where turn < cluster.count { result.append(candidates[cluster[turn]]) }
        }
        return result
    }
}
