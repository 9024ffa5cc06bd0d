import FlyingFox
import Foundation
import PitModel
import PitParse

/// The part of Alertmanager's API v2 that the demo needs, silences with their whole life.
struct AlertmanagerServer {
    let world: FleetWorld

    func install(on server: HTTPServer) async {
        let world = world
        await server.appendRoute("GET /-/ready") { _ in Reply.text("OK") }
        await server.appendRoute("GET /api/v2/status") { _ in
            let version = ["version": "0.34.0", "revision": "demo", "branch": "demo"]
            return Reply.json([
                "cluster": ["status": "disabled", "peers": [String]()], "versionInfo": version,
                "config": ["original": "route: {receiver: oncall}\n"], "uptime": world.wall(0).rfc3339,
            ])
        }
        await server.appendRoute("GET /api/v2/alerts") { _ in Reply.json(Self.alerts(world).map(\.json)) }
        await server.appendRoute("GET /api/v2/alerts/groups") { _ in
            let groups = Dictionary(grouping: Self.alerts(world)) { $0.labels["alertname"] ?? "" }
            return Reply.json(
                groups.sorted { $0.key < $1.key }.map { name, alerts in
                    ["labels": ["alertname": name], "receiver": ["name": "oncall"], "alerts": alerts.map(\.json)]
                        as [String: Any]
                })
        }
        await server.appendRoute("GET /api/v2/silences") { _ in
            let now = world.now()
            return Reply.json(world.look { $0.silences.values.sorted { $0.id < $1.id } }.map { $0.json(at: now) })
        }
        await server.appendRoute("POST /api/v2/silences") { await Self.post(world, $0) }
        await server.appendRoute("DELETE /api/v2/silence/:id") { request in
            let id = String(request.path.split(separator: "/").last ?? "")
            let now = world.now()
            let known = world.look { state -> Bool in
                guard let silence = state.silences[id] else { return false }
                if silence.endsAt > now { state.silences[id]?.endsAt = now }
                return true
            }
            return HTTPResponse(statusCode: known ? .ok : .notFound)
        }
    }

    private struct Shown: Sendable {
        var labels: [String: String]
        var annotations: [String: String]
        var startsAt: Timestamp
        var now: Timestamp
        var silencedBy: [String]

        var json: [String: Any] {
            let status: [String: Any] = [
                "state": silencedBy.isEmpty ? "active" : "suppressed", "silencedBy": silencedBy,
                "inhibitedBy": [String](),
                "mutedBy": [String](),
            ]
            return [
                "labels": labels, "annotations": annotations, "startsAt": startsAt.rfc3339,
                "endsAt": now.advanced(by: 240).rfc3339, "updatedAt": now.rfc3339,
                "generatorURL": "http://demo.invalid/graph",
                "fingerprint": Alert.fingerprint(of: labels), "receivers": [["name": "oncall"]], "status": status,
            ]
        }
    }

    private static func alerts(_ world: FleetWorld) -> [Shown] {
        let now = world.now()
        return world.look { state in
            state.alerts.values.filter { $0.isFiring(at: state.lived) }.map { alert in
                let silences = state.silences.values.filter {
                    $0.state(at: now) == "active" && MatcherSet($0.matchers).matches(alert.labels)
                }
                return Shown(
                    labels: alert.labels, annotations: alert.annotations,
                    startsAt: world.wall(alert.since + alert.wait), now: now,
                    silencedBy: silences.map(\.id))
            }.sorted { Alert.fingerprint(of: $0.labels) < Alert.fingerprint(of: $1.labels) }
        }
    }

    private static func post(_ world: FleetWorld, _ request: FlyingFox.HTTPRequest) async -> HTTPResponse {
        guard let data = try? await request.bodyData,
            let body = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
            let raw = body["matchers"] as? [[String: Any]],
            let starts = (body["startsAt"] as? String).flatMap(Timestamp.init(rfc3339:)),
            let ends = (body["endsAt"] as? String).flatMap(Timestamp.init(rfc3339:))
        else {
            return Reply.json(
                ["code": 602, "message": "matchers, startsAt and endsAt are required"], status: .unprocessableContent)
        }
        let matchers = raw.compactMap { item -> Matcher? in
            guard let name = item["name"] as? String, let value = item["value"] as? String else { return nil }
            return Matcher(
                name, value, isRegex: item["isRegex"] as? Bool ?? false, isEqual: item["isEqual"] as? Bool ?? true)
        }
        guard !matchers.isEmpty else {
            return Reply.json("silence invalid: at least one matcher required", status: .badRequest)
        }
        let now = world.now()
        guard ends > now, ends > starts else { return Reply.json("end time can't be in the past", status: .badRequest) }
        let (author, comment, asked) = (
            body["createdBy"] as? String ?? "", body["comment"] as? String ?? "", body["id"] as? String ?? ""
        )
        let id = world.look { state -> String? in
            if !asked.isEmpty {
                guard let old = state.silences[asked] else { return nil }
                if old.matchers == matchers, old.endsAt > now {
                    state.silences[asked]?.endsAt = ends
                    state.silences[asked]?.comment = comment
                    state.silences[asked]?.updatedAt = now
                    return asked
                }
                if old.endsAt > now { state.silences[asked]?.endsAt = now }
            }
            let digits = String(state.nextSilence, radix: 16)
            let id = "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
            state.nextSilence += 1
            state.silences[id] = DemoSilence(
                id: id, matchers: matchers, startsAt: max(starts, now), endsAt: ends, createdBy: author,
                comment: comment, updatedAt: now)
            return id
        }
        return id.map { Reply.json(["silenceID": $0]) } ?? HTTPResponse(statusCode: .notFound)
    }
}

extension DemoSilence {
    func json(at now: Timestamp) -> [String: Any] {
        [
            "id": id, "startsAt": startsAt.rfc3339, "endsAt": endsAt.rfc3339, "updatedAt": updatedAt.rfc3339,
            "createdBy": createdBy,
            "comment": comment, "status": ["state": state(at: now)],
            "matchers": matchers.map {
                ["name": $0.name, "value": $0.value, "isRegex": $0.isRegex, "isEqual": $0.isEqual] as [String: Any]
            },
        ]
    }
}
