public import PitModel

/// Has a served model count the tokens of a sample's texts.
public struct TokenCounter: Sendable {
    /// A member, and what its texts have.
    public struct Counted: Sendable {
        public var name: String
        /// Texts of it in the sample, whether they were counted or not.
        public var inSample: Int
        public var tally: TokenTally

        /// Tokens of all rows, as far as the sample tells.
        public func total(in sample: TokenSample) -> Int {
            let looked = max(1, min(sample.rows, sample.lookedAt))
            return Int((tally.mean * Double(inSample) / Double(looked) * Double(sample.rows)).rounded())
        }
    }

    public struct Outcome: Sendable {
        public var counted: [Counted] = []
        /// What ended it early.
        public var fault: ConnectorFault?
    }

    /// Requests at one time.
    private static let atOnce = 8

    private let server: any TokenCounting
    private let model: String?

    /// - Parameter model: nil asks for the one that the server takes without a name.
    public init(_ server: any TokenCounting, model: String?) { (self.server, self.model) = (server, model) }

    /// Ends at the first fault, and where its task is cancelled; what was counted until then is given.
    ///
    /// - Parameter tell: called with how many texts of all members were counted.
    public func count(_ sample: TokenSample, tell: (Int) -> Void = { _ in }) async -> Outcome {
        var (outcome, all) = (Outcome(), 0)
        for member in sample.members where outcome.fault == nil {
            var counts: [(line: Int, tokens: TokenCount)] = []
            var waiting = member.texts[...]
            await withTaskGroup(of: (Int, Result<TokenCount, ConnectorFault>).self) { group in
                func ask() {
                    guard !Task.isCancelled, let (line, text) = waiting.popFirst() else { return }
                    group.addTask { [server, model] in
                        do throws(ConnectorFault) {
                            return (line, .success(try await server.countTokens(of: text, model: model)))
                        } catch { return (line, .failure(error)) }
                    }
                }
                for _ in 0..<Self.atOnce { ask() }
                for await (line, result) in group {
                    switch result {
                    case .success(let count):
                        counts.append((line, count))
                        all += 1
                        tell(all)
                    case .failure(let fault):
                        outcome.fault = outcome.fault ?? fault
                        waiting = []
                    }
                    ask()
                }
            }
            if Task.isCancelled { outcome.fault = outcome.fault ?? .cancelled }
            if let tally = TokenTally(counts) {
                outcome.counted.append(Counted(name: member.name, inSample: member.texts.count, tally: tally))
            }
        }
        return outcome
    }
}

extension TokenCensus {
    /// Takes what was counted by now.
    public mutating func take(_ outcome: TokenCounter.Outcome, of sample: TokenSample) {
        (rows, lookedAt) = (sample.rows, sample.lookedAt)
        members = outcome.counted.map { one in
            let tally = one.tally
            return Member(
                one.name, texts: tally.texts, mean: tally.mean, median: tally.median, p95: tally.p95, most: tally.most,
                total: one.total(in: sample), limit: tally.limit, over: tally.over)
        }
    }
}
