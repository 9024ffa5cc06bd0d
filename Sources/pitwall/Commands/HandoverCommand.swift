import ArgumentParser
import Foundation
import PitEngine
import PitGrid
import PitHTTP
import PitModel
import PitStore

struct HandoverCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable, Sendable { case markdown, html, json }

    static let configuration = CommandConfiguration(
        commandName: "handover",
        abstract: "What the next shift must know: open alerts and whose they are, changes and proofs, freezes, labels.",
        discussion: "Polls once and reads the audit trail. On the screen: H on the Fleet.")
    @OptionGroup var config: ConfigOption
    @Option(help: "Since when: 8h, 1d.") var since = "8h"
    @Option(name: .shortAndLong, help: "markdown, html or json.") var output: Format = .markdown
    @Flag(help: "Use what was kept; do not poll.") var cached = false

    func run() throws {
        guard let span = Figures.seconds(from: since), span > 0 else {
            throw Stop(.usage, "--since wants a time such as 8h or 1d")
        }
        let (_, made) = try config.load(Places())
        let stack = made.stack
        defer { stack.http.shutdown() }
        let (engine, isCached) = (stack.engine(), cached)
        let from = Stack.clock.now().advanced(by: -span)
        let snapshot = try Blocking.run { () async -> Snapshot in
            let first = await engine.prepare()
            let isFollower = stack.lock.map { !$0.tryAcquire() } ?? false
            guard isCached || isFollower else { return await engine.pollOnce { _ in } }
            if let kept = try? await engine.past(at: Stack.clock.now()), !kept.connections.isEmpty { return kept }
            return first
        }
        let handover: Handover
        do throws(StoreFault) {
            handover = Handover(
                snapshot, since: from, author: stack.settings.author,
                entries: try Self.entries(stack.store, since: from), freezes: stack.settings.deployments.freezes,
                judged: try stack.store.judgedSince(from))
        } catch {
            throw Stop(error)
        }
        switch output {
        case .markdown: Terminal.put(Terminal.safeLines(handover.markdown))
        case .html: Terminal.put(Terminal.safeLines(handover.html))
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            Terminal.put(String(decoding: try encoder.encode(handover), as: UTF8.self) + "\n")
        }
    }

    /// The trail since then, its newest lines.
    private static func entries(_ store: Store, since: Timestamp) throws(StoreFault) -> [AuditEntry] {
        var (all, last): ([AuditEntry], Int64) = ([], 0)
        while true {
            let page = try store.auditEntries(after: last, limit: 1000)
            guard let end = page.last else { return all }
            all += page.filter { $0.at >= since }
            last = end.sequence
        }
    }
}
