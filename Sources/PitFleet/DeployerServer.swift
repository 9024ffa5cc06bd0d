import FlyingFox
import Foundation
import PitModel
import PitParse

/// The deployer of the demo, by pitwall's own contract: questions are posted as JSON.
struct DeployerServer {
    let world: FleetWorld
    /// Whether it holds what the demo calls prod-like.
    let isCareful: Bool

    func install(on server: HTTPServer) async {
        let (world, isCareful) = (world, isCareful)
        await server.appendRoute("POST /") { request in
            guard let body = try? await request.bodyData, let question = JSONReader.value(of: body) else {
                return Reply.text("a question is JSON", status: .badRequest)
            }
            let answer = world.look { state in
                Conversation(now: state.lived, isCareful: isCareful, wall: world.wall).answer(
                    question, &state.deployments)
            }
            return Reply.text(answer.json, type: "application/json")
        }
    }
}

/// One question to the demo's deployer, and its answer.
struct Conversation {
    var now: Double
    var isCareful: Bool
    var wall: (Double) -> Timestamp

    private typealias Members = [(key: String, value: JSONValue)]

    func answer(_ question: JSONValue, _ all: inout [String: DemoDeployment]) -> JSONValue {
        let own = all.values.filter { Story.careful.contains($0.model) == isCareful }.sorted { $0.path < $1.path }
        if question["ask"]?.text == "list" {
            return .object([
                ("deployer", .text("demo fleet")), ("version", .text("1")), ("deployments", .list(own.map(describe))),
            ])
        }
        guard let name = question["name"]?.text, let deployment = own.first(where: { $0.model == name }) else {
            return .object([("error", .text("there is no such deployment"))])
        }
        switch question["ask"]?.text {
        case "revisions":
            return .object([("revisions", .list(deployment.releases.reversed().map { revision($0, deployment) }))])
        case "plan": return plan(question, deployment)
        case "apply":
            let answer = apply(question, &all[name])
            return .object([answer])
        case "trace":
            let words = question["id"]?.text.flatMap { deployment.done[$0] }
            return .object([("trace", .text(words == nil ? "not_done" : "done")), ("words", .text(words ?? ""))])
        case "watch":
            return .object([("deployment", describe(deployment)), ("events", .list(deployment.events.map(event)))])
        default: return .object([("unsupported", .flag(true))])
        }
    }

    // MARK: what there is

    private func describe(_ deployment: DemoDeployment) -> JSONValue {
        let (updated, ready) = deployment.counts(at: now)
        let status = deployment.status(at: now)
        let count = JSONValue.number(Double(deployment.serving.count))
        var members: Members = [
            ("namespace", .text(deployment.namespace)), ("name", .text(deployment.model)),
            ("uid", .text("demo-\(deployment.model)")), ("generation", .number(Double(deployment.generation))),
            ("model", .text(deployment.model)), ("revision", .text(deployment.current)),
            ("release", .text(deployment.current)), ("status", .text(status)),
            ("artifacts", artifacts(deployment.release(deployment.current))),
            (
                "replicas",
                .object([
                    ("wanted", count), ("updated", .number(Double(updated))), ("ready", .number(Double(ready))),
                    ("available", .number(Double(ready))), ("total", count),
                ])
            ),
            ("since", .text(wall(deployment.since).rfc3339)), ("changed_by", .text(deployment.changedBy)),
            ("verbs", .list(verbs(deployment).map(JSONValue.text))), ("traffic", .list(traffic(deployment))),
        ]
        if let manager = deployment.managedBy { members.append(("managed_by", .text(manager))) }
        if status == "progressing" {
            members.append(
                ("message", .text("\(updated) of \(deployment.serving.count) replicas run \(deployment.current)")))
        }
        if deployment.isPaused { members.append(("message", .text("paused by \(deployment.changedBy)"))) }
        return .object(members)
    }

    private func verbs(_ deployment: DemoDeployment) -> [String] {
        if deployment.isCanary { return ["rollback", "abort", "promote", "setWeight"] }
        if deployment.isSideBySide { return ["rollback", "promote", "setWeight"] }
        return ["rollback", "promote", "restart", deployment.isPaused ? "resume" : "pause"]
    }

    private func traffic(_ deployment: DemoDeployment) -> [JSONValue] {
        var shares: [(String, Double)] = []
        for (index, each) in deployment.serving.enumerated() {
            let share = deployment.load(of: index) * 100 / Double(deployment.serving.count)
            if let known = shares.firstIndex(where: { $0.0 == each.release }) {
                shares[known].1 += share
            } else {
                shares.append((each.release, share))
            }
        }
        return shares.filter { $0.1 > 0 }.map {
            .object([("release", .text($0.0)), ("revision", .text($0.0)), ("percent", .number($0.1))])
        }
    }

    private func revision(_ release: DemoRelease, _ deployment: DemoDeployment) -> JSONValue {
        let running = deployment.serving.filter { $0.release == release.id }.count
        return .object([
            ("id", .text(release.id)), ("number", .number(Double(release.id.dropFirst()) ?? 0)),
            ("current", .flag(release.id == deployment.current)), ("created_at", .text(wall(release.at).rfc3339)),
            ("author", .text(release.author)), ("cause", .text(release.cause)), ("artifacts", artifacts(release)),
            ("replicas", .number(Double(running))),
        ])
    }

    private func artifacts(_ release: DemoRelease?) -> JSONValue {
        guard let release else { return .list([]) }
        func item(_ kind: String, _ name: String, _ value: String) -> JSONValue {
            .object([("kind", .text(kind)), ("name", .text(name)), ("value", .text(value))])
        }
        return .list(
            [item("image", "", release.image), item("model", "", release.model)]
                + release.arguments.map { item("argument", $0.name, $0.value) })
    }

    private func event(
        _ event: (at: Double, isWarning: Bool, object: String, reason: String, words: String)
    ) -> JSONValue {
        .object([
            ("at", .text(wall(event.at).rfc3339)), ("warning", .flag(event.isWarning)), ("object", .text(event.object)),
            ("reason", .text(event.reason)), ("words", .text(event.words)),
        ])
    }

    // MARK: what is asked of it

    private func plan(_ question: JSONValue, _ deployment: DemoDeployment) -> JSONValue {
        let seconds = deployment.isSideBySide ? 1 : Double(deployment.serving.count)
        let isWarm = question["to"]?.text.map { id in deployment.serving.contains { $0.release == id } } ?? false
        var members: Members = [
            ("permission", .text("allowed")),
            (
                "readiness",
                .object([
                    ("warmth", .text(isWarm ? "warm" : "cold")), ("weights_cached", .flag(true)),
                    ("image_cached", .flag(true)), ("has_room", .flag(true)),
                    ("seconds_to_serve", .number(seconds * DemoDeployment.turn)),
                ])
            ),
        ]
        if question["verb"]?.text == "abort", let stable = stable(deployment) {
            members.append(("expect", .object([("serves", .text(stable))])))
        }
        return .object(members)
    }

    private func stable(_ deployment: DemoDeployment) -> String? {
        deployment.releases.count > 1 ? deployment.releases[deployment.releases.count - 2].id : nil
    }

    private func apply(_ question: JSONValue, _ place: inout DemoDeployment?) -> (key: String, value: JSONValue) {
        guard var deployment = place, let id = question["id"]?.text else {
            return ("error", .text("an `id` is needed"))
        }
        if let words = deployment.done[id] { return ("accepted", .text("done before: \(words)")) }
        guard question.at("if.generation")?.number == Double(deployment.generation) else {
            return ("refused", .text("generation is \(deployment.generation) now"))
        }
        let author = question["author"]?.text ?? "somebody"
        let verb = question["verb"]?.text ?? ""
        guard verbs(deployment).contains(verb) else { return ("refused", .text("\(verb) is not possible now")) }
        let target = verb == "abort" ? stable(deployment) : question["to"]?.text
        switch verb {
        case "rollback", "promote", "abort":
            guard let target, deployment.release(target) != nil else {
                return ("refused", .text("there is no such release"))
            }
            deployment.want(target, by: author, at: now)
        case "setWeight": deployment.shift(to: question["amount"]?.number ?? 0, by: author, at: now)
        case "pause", "resume": deployment.pause(verb == "pause", by: author, at: now)
        default: deployment.restart(by: author, at: now)
        }
        deployment.isInHand = true
        let words = target.map { "\(verb) to \($0), generation \(deployment.generation)" } ?? verb
        deployment.done[id] = words
        place = deployment
        return ("accepted", .text(words))
    }
}
