import PitConsole
import PitEngine
import PitModel

extension UILoop {
    /// What is judged. A page that comes back has what was done in it, and is on the disk.
    static func label(_ effect: Effect, _ engine: Engine, _ mailbox: Mailbox, author: String) async {
        let answer: Result<LabelPage, LabelRefusal>
        switch effect {
        case .openQueue(let name): answer = await engine.labelPage(name, for: author)
        case .judge(let act): answer = await engine.judge(act, by: author)
        case .createQueue(let queue): answer = await engine.createQueue(queue)
        default: return
        }
        switch answer {
        case .success(let page):
            mailbox.post(.labelPage(page))
            if case .createQueue(let queue) = effect {
                mailbox.post(.notice(Notice(.ok, "\(queue.name): \(page.total) items to judge, at key 5")))
            }
        case .failure(let refusal):
            let notice = Notice(.fail, refusal.words, detail: refusal.hint)
            if case .judge(let act) = effect {
                mailbox.post(.labelRefused(queue: act.queue, why: notice))
            } else {
                mailbox.post(.notice(notice))
            }
        }
    }
}
