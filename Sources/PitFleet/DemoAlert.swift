import PitModel

/// An alert of the demo, from the first second that its rule holds.
struct DemoAlert {
    var labels: [String: String]
    var annotations: [String: String]
    /// Story seconds.
    var since: Double
    var wait: Double
    func isFiring(at seconds: Double) -> Bool { seconds - since >= wait }
}

struct DemoSilence {
    var id: String
    var matchers: [Matcher]
    var startsAt: Timestamp
    var endsAt: Timestamp
    var createdBy: String
    var comment: String
    var updatedAt: Timestamp

    func state(at now: Timestamp) -> String { endsAt <= now ? "expired" : startsAt > now ? "pending" : "active" }
}

extension FleetWorld {
    /// The demo's rules: a slow model, a model that is gone, failing requests.
    func updateAlerts(_ state: inout State) {
        for cast in Story.cast {
            let mood = state.mood(of: cast.name)
            set(
                &state, "HighTTFT", cast.name, when: mood.strain > 0.3, severity: "critical", wait: 15,
                "Time to first token p95 of \(cast.name) is above its objective",
                "https://runbooks.example.com/high-ttft")
            set(
                &state, "TargetDown", cast.name, when: mood.isDown, severity: "critical", wait: 15,
                "No replica of \(cast.name) answers", "https://runbooks.example.com/target-down")
            set(
                &state, "RequestsFailing", cast.name, when: mood.failing > 0.01, severity: "warning", wait: 10,
                "More than 1 % of the requests to \(cast.name) fail", "https://runbooks.example.com/failing")
            set(
                &state, "PromptsLonger", cast.name, when: mood.drift > 0.5, severity: "info", wait: 30,
                "Prompts to \(cast.name) are much longer than last week", "https://runbooks.example.com/drift")
        }
    }

    private func set(
        _ state: inout State, _ name: String, _ model: String, when holds: Bool, severity: String, wait: Double,
        _ summary: String, _ runbook: String
    ) {
        let key = "\(name)/\(model)"
        guard holds else {
            state.alerts[key] = nil
            return
        }
        guard state.alerts[key] == nil else { return }
        state.alerts[key] = DemoAlert(
            labels: [
                "alertname": name, "model": model, "severity": severity, "team": "serving", "environment": "demo",
            ],
            annotations: ["summary": summary, "runbook_url": runbook], since: state.lived, wait: wait)
    }
}
