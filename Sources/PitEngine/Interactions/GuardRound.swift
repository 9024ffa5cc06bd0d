public import PitModel

/// Guards asked about the exchanges of one reading: side by side, and no longer than a reading may take. What they did
/// not get to see is said, and all else goes on.
public struct GuardRound: Sendable {
    public typealias Guard = (name: ConnectionName, connector: any TextGuarding)

    public var guards: [Guard]
    /// The share of exchanges that they are asked about, 0...1.
    public var sample: Double
    /// Seconds that one reading's questions may take in all.
    public var budget: Double

    /// Questions under way at once, and failures in a row after which a guard is left in peace until the next reading.
    private static let width = 8
    private static let patience = 3

    public init(guards: [Guard] = [], sample: Double = 1, budget: Double = 20) {
        (self.guards, self.sample, self.budget) = (guards, sample, budget)
    }

    /// What the guards find in each exchange, by its place.
    func findings(in exchanges: [Interaction]) async -> [Int: [Finding]] {
        let chosen = exchanges.indices.filter {
            sample >= 1 || InteractionIntake.isChosen("guard \(exchanges[$0].id)", share: sample)
        }
        guard !guards.isEmpty, !chosen.isEmpty else { return [:] }
        let deadline = ContinuousClock.now.advanced(by: .seconds(budget))
        return await withTaskGroup(of: [(Int, [Finding])].self) { group in
            for one in guards {
                group.addTask { await Self.ask(one, exchanges, chosen, deadline) }
            }
            var all: [Int: [Finding]] = [:]
            for await answers in group { for (place, found) in answers { all[place, default: []] += found } }
            return all
        }
    }

    private static func ask(
        _ one: Guard, _ exchanges: [Interaction], _ chosen: [Int], _ deadline: ContinuousClock.Instant
    ) async -> [(Int, [Finding])] {
        await withTaskGroup(of: (Int, Result<[Finding], ConnectorFault>).self) { group in
            var (answers, next, failures): ([(Int, [Finding])], Int, Int) = ([], 0, 0)
            func start() {
                guard next < chosen.count else { return }
                let place = chosen[next]
                next += 1
                group.addTask {
                    do throws(ConnectorFault) {
                        return (place, .success(try await one.connector.check(exchanges[place])))
                    } catch { return (place, .failure(error)) }
                }
            }
            for _ in 0..<width { start() }
            while let (place, result) = await group.next() {
                switch result {
                case .success(let found):
                    failures = 0
                    answers.append((place, found))
                case .failure(let fault):
                    failures += 1
                    answers.append((place, [notChecked(one.name, fault.summary)]))
                }
                if failures < patience, ContinuousClock.now < deadline { start() }
            }
            let why = failures >= patience ? "it failed \(failures) times in a row" : "there was no time"
            answers += chosen[next...].map { ($0, [notChecked(one.name, why)]) }
            return answers
        }
    }

    private static func notChecked(_ name: ConnectionName, _ why: String) -> Finding {
        Finding(
            detector: Finding.guardDetector, kind: Finding.notChecked, owasp: "LLM01", side: .prompt, score: 0,
            evidence: "\(name): not checked, \(why)")
    }
}
