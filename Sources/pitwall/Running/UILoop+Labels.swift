import PitConsole
import PitEngine
import PitModel
import PitStore

/// What a person judges, one act after the other: in the order of the keys, and nothing else in its way.
final class LabelLine: Sendable {
    private let line: AsyncStream<Effect>.Continuation
    private let task: Task<Void, Never>

    init(_ desk: LabelDesk, _ mailbox: Mailbox) {
        let (stream, line) = AsyncStream<Effect>.makeStream()
        self.line = line
        task = Task.detached(priority: .high) {
            for await effect in stream { await Self.carryOut(effect, desk, mailbox) }
        }
    }

    /// True when it was of this sort.
    func take(_ effect: Effect) -> Bool {
        switch effect {
        case .openQueue, .judge, .createQueue, .queueWorst:
            line.yield(effect)
            return true
        default: return false
        }
    }

    /// Ends when all that was taken is on the disk.
    func finish() async {
        line.finish()
        await task.value
    }

    private static func carryOut(_ effect: Effect, _ desk: LabelDesk, _ mailbox: Mailbox) async {
        do throws(StoreFault) {
            switch effect {
            case .openQueue(let name): mailbox.post(.labelPage(try await desk.page(name)))
            case .judge(let act): mailbox.post(.labelPage(try await desk.perform(act)))
            case .createQueue(let queue):
                let page = try await desk.create(queue)
                mailbox.post(.notice(Notice(.ok, "\(queue.name): \(page.total) items to judge")))
                mailbox.post(.labelPage(page))
            case .queueWorst(let cases, let name, let rubric):
                let page = try await desk.create(name, rubric: rubric, of: cases)
                mailbox.post(.notice(Notice(.ok, "\(name): \(page.total) items to judge: 5 shows the queues")))
                mailbox.post(.labelPage(page))
            default: break
            }
        } catch {
            let notice = Notice(.fail, words(effect) + error.summary, detail: error.hint)
            guard case .judge(let act) = effect else { return mailbox.post(.notice(notice)) }
            mailbox.post(.labelRefused(queue: act.queue, why: notice))
            // What is on the disk is shown again: the act is not in it.
            if let page = try? await desk.page(act.queue) { mailbox.post(.labelPage(page)) }
        }
    }

    private static func words(_ effect: Effect) -> String {
        if case .judge(let act) = effect {
            switch act.kind {
            case .judge, .mark: return "not kept: "
            case .undo, .redo: return ""
            }
        }
        return ""
    }
}
