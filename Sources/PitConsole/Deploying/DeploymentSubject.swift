import PitGrid
import PitModel

/// A screen whose selection is about deployments: a release can be rolled back from there.
protocol DeploymentSubject: Screen {
    /// The deployments of what is selected.
    func deployments(_ world: World) -> [DeploymentState]
    /// What is selected, as one says it: a model's name.
    func subject(_ world: World) -> String
    /// What is wrong with it, as a rollback's reason begins.
    func complaint(_ world: World) -> String
    /// The revision that is chosen to go back to; nil: the one before.
    func target(_ world: World) -> RevisionID?
}

extension DeploymentSubject {
    func target(_ world: World) -> RevisionID? { nil }

    static var rollback: Command<Self> {
        verb(
            "rollback", "R", .rollback, title: "roll back",
            help: "Plan to roll the deployment back: what would change, and whether it can. Nothing is sent yet.",
            hint: 7, to: { $0.target($1) })
    }

    /// A verb that begins with a plan.
    static func verb(
        _ id: String, _ key: Key, _ verb: DeploymentVerb, title: String, help: String, hint: Int = 0,
        to target: @escaping @Sendable (Self, World) -> RevisionID? = { _, _ in nil }
    ) -> Command<Self> {
        Command(
            id, key, title: title, help: help, hint: hint, isMutating: true,
            availability: { screen, world in availability(verb, screen, world) }
        ) { screen, world in
            propose(
                verb, screen.deployments(world), about: screen.subject(world), to: target(screen, world),
                reason: screen.complaint(world), world)
        }
    }

    /// A verb that needs a number before it can be planned.
    static func verb(
        _ id: String, _ key: Key, _ verb: DeploymentVerb, title: String, help: String, asking label: String,
        placeholder: String
    ) -> Command<Self> {
        Command(
            id, key, title: title, help: help, isMutating: true,
            availability: { screen, world in availability(verb, screen, world) }
        ) { screen, world in
            [
                .ask(
                    Question(
                        verb.rawValue, title: "\(verb.title.capitalizedFirst) \(screen.subject(world))",
                        body: ["The plan comes next; nothing is sent yet."],
                        fields: [.init("amount", label, placeholder: placeholder, isRequired: true)], verb: "Plan"))
            ]
        }
    }

    /// The answer to the question for a number.
    func plan(_ question: String, _ values: [String: String], _ world: World) -> [Effect]? {
        guard let verb = DeploymentVerb(rawValue: question) else { return nil }
        let limit = verb == .setWeight ? 100 : 100_000
        guard let amount = Int((values["amount"] ?? "").trimmed), (0...limit).contains(amount) else {
            return [.toast(Notice(.warn, "write a whole number from 0 to \(limit)"))]
        }
        return Self.propose(
            verb, deployments(world), about: subject(world), amount: amount, reason: complaint(world), world)
    }

    private static func availability(_ verb: DeploymentVerb, _ screen: Self, _ world: World) -> Availability {
        refusal(verb, screen.deployments(world), about: screen.subject(world), world).map { .refused(because: $0) }
            ?? .available
    }

    /// The verbs of the Deploy screen and of one deployment.
    static var deploymentVerbs: [Command<Self>] {
        [
            rollback,
            verb(
                "promote", "P", .promote, title: "promote",
                help: "Plan to promote: the canary to all of the traffic, or the chosen version to the alias.", hint: 5,
                to: { screen, world in
                    // A canary is what it is; an alias can be given any version.
                    screen.deployments(world).first?.id.kind == .alias ? screen.target(world) : nil
                }),
            verb("pause", "p", .pause, title: "pause", help: "Plan to pause the rollout."),
            verb("resume", "u", .resume, title: "resume", help: "Plan to let a paused rollout go on."),
            verb(
                "restart", "x", .restart, title: "restart", help: "Plan to start all replicas anew, one after another."),
            verb(
                "scale", "=", .scale, title: "scale", help: "Plan to run another number of replicas.",
                asking: "Replicas", placeholder: "4"),
            verb(
                "weight", "w", .setWeight, title: "weight",
                help: "Plan to give the canary another share of the traffic.", asking: "Percent", placeholder: "20"),
            verb("abort", "A", .abort, title: "abort", help: "Plan to abort the rollout: back to the stable revision."),
            verb("retry", "t", .retry, title: "retry", help: "Plan to try an aborted or failed rollout again."),
            verb("stop", "D", .stop, title: "stop", help: "Plan to stop serving: no replica is left."),
            verb("start", "U", .start, title: "start", help: "Plan to start serving again."),
        ]
    }
}

extension DeploymentSubject {
    /// One deployment is opened, several are listed.
    static func openDeployments(of model: ModelName?, _ world: World) -> [Effect] {
        let states = world.deployments(of: model)
        guard let model, let first = states.first else {
            return [.toast(Notice(.notice, "no deployment is known to serve \(model?.description ?? "it")"))]
        }
        return [
            states.count == 1
                ? .open(screen: DeploymentScreen.about.id, subject: first.id.description)
                : .open(screen: DeployScreen.about.id, subject: model.description)
        ]
    }
}

/// What models and alerts are about, and how it is with them.
extension World {
    /// Seconds after which an answer is asked for again, and what it depends on.
    func patience(with query: DeploymentQuery) -> (mark: String?, seconds: Double) {
        switch query {
        case .revisions(let id):
            guard let state = deployment(id) else { return (nil, 15) }
            let now = state.deployment
            // What an operation has ended, or somebody moved, is read again at once.
            let mark = "\(now.generation ?? 0) \(now.current?.name ?? "") \(state.operation ?? "")"
            return (mark, !now.status.isSettled || state.operation != nil ? 2 : 15)
        // Two revisions differ as they always did.
        case .changes: return (nil, 300)
        case .receipt: return (nil, 5)
        }
    }

    func deployments(of model: ModelName?) -> [DeploymentState] {
        guard let model else { return [] }
        return (rows.deploymentsByModel[model] ?? []).map { snapshot.deployments[$0] }
    }

    func deployment(_ id: DeploymentID) -> DeploymentState? { snapshot.deployments.first { $0.id == id } }

    func deployment(named name: String) -> DeploymentState? {
        snapshot.deployments.first { $0.id.description == name }
    }

    /// `slow: TTFT p95 1.9 s, promised 500 ms`; empty while nothing is the matter.
    func complaint(of model: ModelName?) -> String {
        guard let state = self.model(model), ![.ok, .unknown].contains(state.health) else { return "" }
        return state.why.isEmpty ? state.health.word : "\(state.health.word): \(state.why)"
    }

    /// Why the revisions are not known.
    func revisionsFault(of state: DeploymentState) -> (why: String, hint: String)? {
        if case .failed(let why, let hint) = inspections[.revisions(state.id)] { return (why, hint) }
        return nil
    }
}

extension FleetScreen: DeploymentSubject {
    func deployments(_ world: World) -> [DeploymentState] { world.deployments(of: selected?.name) }
    func subject(_ world: World) -> String { selected?.name.description ?? "nothing" }
    func complaint(_ world: World) -> String { world.complaint(of: selected?.name) }
}

extension ModelScreen: DeploymentSubject {
    func deployments(_ world: World) -> [DeploymentState] { world.deployments(of: model) }
    func subject(_ world: World) -> String { model.description }
    func complaint(_ world: World) -> String { world.complaint(of: model) }
}

extension AlertsScreen: DeploymentSubject {
    func deployments(_ world: World) -> [DeploymentState] { world.deployments(of: selected?.model) }
    func subject(_ world: World) -> String {
        selected.map { $0.model?.description ?? "a model: \($0.alert.name) names none that is configured" } ?? "nothing"
    }
    func complaint(_ world: World) -> String {
        guard let alert = selected?.alert else { return "" }
        return alert.summary.isEmpty ? alert.name : "\(alert.name): \(alert.summary)"
    }
}
