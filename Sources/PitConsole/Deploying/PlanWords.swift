import PitGrid
import PitModel

/// A plan as lines to read: what stands against it first, then what will change.
enum PlanWords {
    static func lines(_ plan: DeploymentPlan, exchange: Bool, glyphs: Glyphs = .unicode) -> [[Segment]] {
        var lines: [[Segment]] = []
        func head(_ text: SafeText) {
            if !lines.isEmpty { lines.append([]) }
            lines.append([Segment(text, .title, strong: true)])
        }
        let blocking = plan.concerns.filter(\.blocks)
        if plan.permission.isDenied || !blocking.isEmpty {
            head("It cannot be done now")
            if case .denied(let why) = plan.permission {
                lines += concern(
                    "the server does not permit it\(why.isEmpty ? "" : ": \(why)")",
                    next: "ask for the permission, or use another user's credentials", .fail, "✗", "X", glyphs)
            }
            for item in blocking { lines += concern(item.words, next: item.next, .fail, "✗", "X", glyphs) }
        }
        let others = plan.concerns.filter { !$0.blocks }
        if !others.isEmpty {
            head("To be known")
            for item in others { lines += concern(item.words, next: item.next, .warn, "!", "!", glyphs) }
        }
        head(
            plan.changes.isEmpty
                ? "What will change"
                : "What will change: \(plan.changes.count) \(plan.changes.count == 1 ? "line" : "lines")")
        lines += changes(plan.changes, glyphs)
        if plan.changes.isEmpty { lines.append([Segment("  nothing in its specification", .dim)]) }
        head("What it reaches")
        lines.append([Segment("  "), Segment(SafeText(blast(plan)))])
        if let readiness = plan.readiness {
            head(plan.target.map { "How soon \(SafeText($0.label)) can serve" } ?? "How soon it can serve")
            lines += ReadinessWords.lines(readiness)
        }
        if let judged = plan.judged {
            head("What people judged")
            for words in judged { lines.append([Segment("  "), Segment(SafeText(words))]) }
        }
        head("Checked against")
        lines.append([Segment("  "), permission(plan.permission)])
        for condition in plan.preconditions { lines.append([Segment("  "), Segment(SafeText(condition), .dim)]) }
        if exchange {
            head("What goes out")
            for line in plan.exchange.flatMap({ SafeText.lines($0) }) {
                lines.append([Segment("  "), Segment(line, .dim)])
            }
            if plan.exchange.isEmpty { lines.append([Segment("  the connector does not say", .dim)]) }
        }
        return lines
    }

    /// `r14 → r13, of 2 d ago by ana`.
    static func headline(_ plan: DeploymentPlan, _ world: World) -> [Segment] {
        let arrow = SafeText(String(world.settings.glyphs.arrow))
        var segments = [Segment(SafeText(plan.before.release.isEmpty ? "now" : plan.before.release))]
        if let target = plan.target {
            segments += [
                Segment(" "), Segment(arrow), Segment(" "), Segment(SafeText(target.title), Ink(strong: true)),
            ]
            var words: [String] = []
            if let age = world.age(target.createdAt) { words.append("made \(Figures.age(age)) ago") }
            if let author = target.author { words.append("by \(author)") }
            if !target.cause.isEmpty { words.append(target.cause) }
            if !words.isEmpty { segments.append(Segment(SafeText("   " + words.joined(separator: " ")), .dim)) }
        } else if let amount = plan.request.amount {
            let unit = plan.request.verb == .setWeight ? "% of the traffic" : " replicas"
            let before = plan.request.verb == .scale ? plan.before.replicas.wanted.map { "\($0)" } : nil
            segments = [
                Segment(SafeText("\(before.map { "\($0) " } ?? "")")), Segment(arrow), Segment(" "),
                Segment(SafeText("\(amount)\(unit)"), Ink(strong: true)),
            ]
        } else {
            segments.append(Segment(SafeText("   \(plan.before.status.word)"), plan.before.status.role))
        }
        return segments
    }

    static func changes(_ changes: [SpecChange], _ glyphs: Glyphs) -> [[Segment]] {
        changes.flatMap { change -> [[Segment]] in
            var lines: [[Segment]] = [[Segment("  "), Segment(SafeText(change.path), .dim)]]
            if let before = change.before {
                lines.append([Segment("    - ", .fail), Segment(SafeText(before), .fail)])
            }
            if let after = change.after { lines.append([Segment("    + ", .ok), Segment(SafeText(after), .ok)]) }
            return lines
        }
    }

    private static func concern(
        _ words: String, next: String, _ role: Role, _ unicode: SafeText, _ ascii: SafeText, _ glyphs: Glyphs
    ) -> [[Segment]] {
        let mark = glyphs == .unicode ? unicode : ascii
        var lines: [[Segment]] = [
            [Segment("  "), Segment(mark, role, strong: true), Segment(" "), Segment(SafeText(words), role)]
        ]
        if !next.isEmpty {
            let arrow = SafeText(String(glyphs.arrow))
            lines.append([Segment("    "), Segment(arrow, .key), Segment(" "), Segment(SafeText(next))])
        }
        return lines
    }

    private static func permission(_ permission: Permission) -> Segment {
        switch permission {
        case .allowed: Segment("the server permits it", .ok)
        case .denied: Segment("the server does not permit it", .fail)
        case .unknown: Segment("whether it is permitted, the server cannot be asked", .dim)
        }
    }

    private static func blast(_ plan: DeploymentPlan) -> String {
        let replicas = plan.blastReplicas.map { "\($0) \($0 == 1 ? "replica is" : "replicas are") replaced" }
        let traffic = plan.blastTraffic.map { "\(Figures.percent($0)) of the traffic" }
        let known = [replicas, traffic].compactMap { $0 }
        return known.isEmpty ? "how many replicas and how much traffic is not known" : known.joined(separator: ", ")
    }
}

enum ReadinessWords {
    static func lines(_ readiness: Readiness) -> [[Segment]] {
        let (warmth, role): (SafeText, Role) =
            switch readiness.warmth {
            case .warm: ("warm: replicas of it run", .ok)
            case .cold: ("cold: none of its replicas run", .warn)
            case .gone: ("gone: the system does not keep it any more", .fail)
            case .unknown: ("whether it is warm is not known", .unknown)
            }
        let time = readiness.secondsToServe.map { "serves in about \(Figures.duration($0))" } ?? "time to serve unknown"
        var lines: [[Segment]] = [
            [
                Segment("  "), Segment(warmth, role), Segment("   "),
                Segment(SafeText(time), readiness.secondsToServe == nil ? .dim : .text),
            ]
        ]
        func word(_ value: Bool?, _ yes: String, _ no: String, _ unknown: String) -> String {
            value.map { $0 ? yes : no } ?? unknown
        }
        let facts = [
            word(readiness.imageCached, "image on the nodes", "image must be pulled", "image: unknown"),
            word(readiness.weightsCached, "weights on the nodes", "weights must be loaded", "weights: unknown"),
            word(readiness.hasRoom, "room on the GPUs", "no room on the GPUs", "room on the GPUs: unknown"),
            readiness.historyLimit.map { "\($0) older kept" } ?? "history limit unknown",
        ]
        for pair in [facts.prefix(2), facts.suffix(2)] {
            lines.append([
                Segment("  "),
                Segment(SafeText(pair.joined(separator: "   ")), readiness.hasRoom == false ? .warn : .dim),
            ])
        }
        for text in readiness.words { lines.append([Segment("  "), Segment(SafeText(text), .dim)]) }
        return lines
    }
}
