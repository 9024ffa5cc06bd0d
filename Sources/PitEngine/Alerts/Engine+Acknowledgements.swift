import Foundation
import Logging
import PitModel
import PitStore

extension Engine {
    /// Takes in what other processes of the same folder recorded: `pitwall ack` while the console is open.
    func syncActs() {
        keep {
            let (new, last) = try store.acts(after: lastAct)
            guard last != lastAct else { return }
            lastAct = last
            board.add(new)
            sharing.isWanted = true
            needsPublishing = true
        }
    }

    /// Whether acknowledgements may have to be shown to others, or no longer: asked by the loop that polls.
    var isSharingDue: Bool { sharing.isWanted && !sharing.isBusy && maySend && isSharing }

    private var isSharing: Bool {
        settings.alerts.sharesAcknowledgements && !settings.isReadOnly && !isFollowing
    }

    /// A folder's poller does it; where nobody polls, whoever asks.
    private var maySend: Bool { lock.map { $0.isHeld || $0.otherHolder == nil } ?? true }

    /// Makes, renews and ends the silences that show others what is acknowledged here.
    ///
    /// - Returns: whether a server was asked for something.
    @discardableResult
    public func shareAcknowledgements() async -> Bool {
        guard isSharing, maySend, !sharing.isBusy else { return false }
        var hasAsked = false
        (sharing.isBusy, sharing.isWanted) = (true, false)
        defer { sharing.isBusy = false }
        for index in servers.indices where servers[index].isUp {
            let name = servers[index].server.connection.name
            guard servers[index].server.connector is any SilenceReading,
                servers[index].server.connector is any Operating, board.silences[name] != nil
            else { continue }
            let now = clock.now()
            let plan = AcknowledgementPlan(
                connection: name, now: now,
                annotates: servers[index].state.identity?.keepsSilenceAnnotations ?? false)
            let steps = plan.steps(board, gone: &sharing.goneSince).filter { sharing.mayTry("\(name)/\($0.key)", now) }
            if !sharing.goneSince.isEmpty { sharing.isWanted = true }
            if await carryOut(steps, on: name) { hasAsked = true }
        }
        return hasAsked
    }

    private func carryOut(_ steps: [AcknowledgementPlan.Step], on name: ConnectionName) async -> Bool {
        var done = false
        for step in steps {
            // What was asked for and not seen yet is not asked for again.
            let isAsked = journal.contains {
                $0.operation.connection == name && $0.isOpen
                    && $0.operation.expectation.isAboutTheSame(as: step.expectation)
            }
            guard !isAsked else { continue }
            let operation = PitModel.Operation(
                id: UUID().uuidString.lowercased(), connection: name, request: step.request, author: step.author,
                reason: "an acknowledgement, for others to see", at: clock.now(), expecting: step.expectation)
            let entry = await perform(operation, looksAfter: false)
            if entry.stage == .refused {
                sharing.fail("\(name)/\(step.key)", clock.now())
                sharing.isWanted = true
            }
            done = true
        }
        if done { refresh(name) }
        return done
    }
}

extension Expectation {
    /// Whether both wait for the same silence, however long: one that an earlier run asked for would end earlier.
    func isAboutTheSame(as other: Expectation) -> Bool {
        guard case .silenced(let here, let some, _) = self, case .silenced(let there, let others, _) = other else {
            return self == other
        }
        return here == there && Set(some) == Set(others)
    }
}

extension JournalEntry {
    /// Whether its end is not known yet.
    var isOpen: Bool { [.recorded, .sent, .acknowledged].contains(stage) }
}
