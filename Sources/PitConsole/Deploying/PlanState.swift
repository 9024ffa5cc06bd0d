import PitGrid
import PitModel

/// A plan while it is asked for, read and confirmed. It is confirmed by typing the deployment's name, by a hand, and by
/// another key than the one that began it.
struct PlanState: Equatable, Sendable {
    enum Stage: Equatable, Sendable {
        /// Which of several deployments is meant.
        case choosing
        case asking(DeploymentRequest)
        case failed(DeploymentRequest, String, hint: String)
        case planned(DeploymentPlan)
    }
    enum Focus: Equatable, Sendable { case reason, name }

    enum Outcome: Equatable, Sendable {
        case open, cancelled
        case ask(DeploymentRequest)
        /// With the reason in it: to be sent.
        case confirmed(DeploymentPlan)
    }

    let proposal: Proposal
    let author: String
    /// The key that began it; nil after a click.
    let startedBy: Key?
    private(set) var stage: Stage
    var chosen = 0
    private(set) var focus = Focus.reason
    private(set) var reason: TextFieldState
    private(set) var name = TextFieldState()
    private(set) var scroll = TextViewState()
    private(set) var showsExchange = false
    /// Why what was pressed did nothing.
    private(set) var complaint: String?
    /// What is known to have changed since the plan was made.
    private(set) var staleness: String?
    private var rhythm = TypingRhythm()

    init(_ proposal: Proposal, author: String, startedBy: Key?) {
        (self.proposal, self.author, self.startedBy) = (proposal, author, startedBy)
        reason = TextFieldState(proposal.reason)
        stage =
            proposal.candidates.count == 1
            ? .asking(proposal.request(for: proposal.candidates[0], author: author)) : .choosing
    }

    /// Enter, unless that is what began it.
    var confirmKey: Key { startedBy == "enter" ? "ctrl-y" : "enter" }

    var plan: DeploymentPlan? { if case .planned(let plan) = stage { plan } else { nil } }

    /// What must be typed.
    var wanted: String { plan?.before.id.path ?? "" }

    /// The request that an answer is waited for.
    var waiting: DeploymentRequest? { if case .asking(let request) = stage { request } else { nil } }

    mutating func take(_ answer: PlanAnswer, to request: DeploymentRequest) {
        guard waiting == request else { return }
        switch answer {
        case .planned(let plan): stage = .planned(plan)
        case .failed(let why, let hint): stage = .failed(request, why, hint: hint)
        }
        // Keys that were pressed while it was waited for were meant for something else.
        (name, focus, scroll, complaint, staleness) = (TextFieldState(), .reason, TextViewState(), nil, nil)
    }

    /// Holds the plan against what is known of the deployment now.
    mutating func settle(on world: World) {
        guard let plan, let now = world.deployment(plan.before.id)?.deployment else { return }
        let isSame =
            now.uid == plan.before.uid && now.current == plan.before.current
            && (now.generation == nil || plan.before.generation == nil || now.generation == plan.before.generation)
        staleness = isSame ? nil : "it was changed since the plan was made: ctrl-r plans again"
    }

    // MARK: keys

    mutating func press(_ key: Key, at time: Double, size: Size) -> Outcome {
        if key == "esc" || key == "ctrl-c" { return .cancelled }
        complaint = nil
        switch stage {
        case .choosing: return choose(key)
        case .asking: return .open
        case .failed(let request, _, _):
            if key == "ctrl-r" { return ask(request) }
            return .open
        case .planned(let plan): return press(key, plan, at: time, size: size)
        }
    }

    private mutating func choose(_ key: Key) -> Outcome {
        let count = proposal.candidates.count
        switch key.description {
        case "j", "down", "tab": chosen = (chosen + 1) % count
        case "k", "up", "shift-tab": chosen = (chosen + count - 1) % count
        case "enter": return ask(proposal.request(for: proposal.candidates[chosen], author: author))
        default: break
        }
        return .open
    }

    private mutating func ask(_ request: DeploymentRequest) -> Outcome {
        stage = .asking(request)
        return .ask(request)
    }

    private mutating func press(_ key: Key, _ plan: DeploymentPlan, at time: Double, size: Size) -> Outcome {
        if rhythm.isMachine(at: time) {
            name = TextFieldState()
            complaint = "swallowed: that came faster than a hand types"
            return .open
        }
        switch key.description {
        case "ctrl-r": return ask(plan.request)
        case "ctrl-o": showsExchange.toggle()
        case "down": read(plan).scroll(by: 1, &scroll, size: size)
        case "up": read(plan).scroll(by: -1, &scroll, size: size)
        case "pgdn": read(plan).scroll(by: max(1, size.height - 1), &scroll, size: size)
        case "pgup": read(plan).scroll(by: -max(1, size.height - 1), &scroll, size: size)
        case "tab", "shift-tab": focus = focus == .reason ? .name : .reason
        default:
            if plan.isBlocked {
                complaint = "it cannot be sent: what stands against it is named above"
                return .open
            }
            if focus == .name, key == confirmKey { return confirm(plan) }
            if focus == .reason, key == "enter" {
                focus = .name
            } else if focus == .name {
                _ = name.handle(key)
            } else {
                _ = reason.handle(key)
            }
        }
        return .open
    }

    private mutating func confirm(_ plan: DeploymentPlan) -> Outcome {
        if !rhythm.isDeliberate {
            complaint = "swallowed: it came together with another key; press it again"
            return .open
        }
        if let staleness {
            complaint = staleness
            return .open
        }
        guard name.text == wanted else {
            complaint = name.text.isEmpty ? "type \(wanted) to confirm" : "that is not its name: type \(wanted)"
            return .open
        }
        let words = reason.text.trimmed
        guard !words.isEmpty else {
            (complaint, focus) = ("a reason is needed: it is kept with the operation", .reason)
            return .open
        }
        var sent = plan
        sent.request.reason = words
        return .confirmed(sent)
    }

    /// A paste may tell why; it never confirms.
    mutating func paste(_ text: String) {
        guard let plan, !plan.isBlocked else { return }
        if focus == .reason {
            reason.insert(text)
        } else {
            complaint = "swallowed: a paste does not confirm; type the name"
        }
    }

    mutating func click(_ index: Int) {
        if stage == .choosing { chosen = min(max(0, index), proposal.candidates.count - 1) }
        if plan != nil { focus = index == 0 ? .reason : .name }
    }

    private func read(_ plan: DeploymentPlan) -> TextView { TextView(PlanWords.lines(plan, exchange: showsExchange)) }
}

extension String {
    /// Without blanks at its ends.
    var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
