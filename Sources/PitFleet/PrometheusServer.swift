import FlyingFox
import Foundation
import PitModel
import PitParse

/// The part of Prometheus' HTTP API v1 that the demo needs: plain series, instant, with a range, and over a range.
struct PrometheusServer {
    let world: FleetWorld

    func install(on server: HTTPServer) async {
        let world = world
        await server.appendRoute("GET /-/ready") { _ in Reply.text("Prometheus Server is Ready.\n") }
        await server.appendRoute("GET /api/v1/status/buildinfo") { _ in
            Reply.json(["status": "success", "data": ["version": "3.5.0", "revision": "demo", "branch": "demo"]])
        }
        await server.appendRoute("GET,POST /api/v1/query") { await Self.query(world, $0) }
        await server.appendRoute("GET,POST /api/v1/query_range") { await Self.range(world, $0) }
        await server.appendRoute("GET /api/v1/alerts") { _ in
            let alerts = world.look { state in
                state.alerts.values.map { alert -> [String: String] in
                    var flat = alert.labels
                    flat["__state"] = alert.isFiring(at: state.lived) ? "firing" : "pending"
                    flat["__since"] = world.wall(alert.since).rfc3339
                    flat["__summary"] = alert.annotations["summary"]
                    return flat
                }
            }
            let items = alerts.map { flat -> [String: Any] in
                [
                    "labels": flat.filter { !$0.key.hasPrefix("__") },
                    "annotations": ["summary": flat["__summary"] ?? ""],
                    "state": flat["__state"] ?? "", "activeAt": flat["__since"] ?? "", "value": "1e+00",
                ]
            }
            return Reply.json(["status": "success", "data": ["alerts": items]])
        }
    }

    private static func bad(_ words: String) -> HTTPResponse {
        Reply.json(["status": "error", "errorType": "bad_data", "error": words], status: .badRequest)
    }

    /// `selector`, `selector[75s]` or `vector(1)`.
    private static func query(_ world: FleetWorld, _ request: FlyingFox.HTTPRequest) async -> HTTPResponse {
        let items = await Form.items(request)
        guard var query = items.last(where: { $0.name == "query" })?.value else {
            return bad("invalid parameter \"query\"")
        }
        let now =
            items.last { $0.name == "time" }.flatMap { Double($0.value) }.map(Timestamp.init(seconds:)) ?? world.now()
        if query == "vector(1)" {
            let one: [String: Any] = ["metric": [String: String](), "value": [now.seconds, "1"] as [Any]]
            return success("vector", [one])
        }
        var range: Double?
        if query.hasSuffix("]"), let open = query.lastIndex(of: "[") {
            range = Double(query[query.index(after: open)...].dropLast(2))
            query = String(query[..<open])
        }
        guard let matchers = try? SelectorText.parse(query) else {
            return bad("parse error: the demo knows plain selectors only")
        }
        let found = select(world, matchers)
        let result = found.compactMap { series, points -> [String: Any]? in
            let from = now.advanced(by: -(range ?? 300))
            let inside = points.filter { $0.at > from && $0.at <= now }
            guard let last = inside.last else { return nil }
            if range == nil { return ["metric": labels(series), "value": pair(last)] }
            return ["metric": labels(series), "values": inside.map(pair)]
        }
        return success(range == nil ? "vector" : "matrix", result)
    }

    private static func range(_ world: FleetWorld, _ request: FlyingFox.HTTPRequest) async -> HTTPResponse {
        let items = await Form.items(request)
        func number(_ name: String) -> Double? { items.last { $0.name == name }.flatMap { Double($0.value) } }
        guard let start = number("start"), let end = number("end"), let step = number("step"), step > 0, end >= start,
            let query = items.last(where: { $0.name == "query" })?.value, let matchers = try? SelectorText.parse(query)
        else { return bad("invalid parameter") }
        guard (end - start) / step <= 11_000 else {
            return bad("exceeded maximum resolution of 11,000 points per timeseries.")
        }
        let result = select(world, matchers).compactMap { series, points -> [String: Any]? in
            var values: [[Any]] = []
            var index = 0
            for moment in stride(from: start, through: end, by: step) {
                let at = Timestamp(seconds: moment)
                while index + 1 < points.count, points[index + 1].at <= at { index += 1 }
                guard index < points.count, points[index].at <= at, at.since(points[index].at) < 300 else { continue }
                values.append([moment, text(points[index].value)])
            }
            return values.isEmpty ? nil : ["metric": labels(series), "values": values]
        }
        return success("matrix", result)
    }

    private static func select(_ world: FleetWorld, _ matchers: [Matcher]) -> [(SeriesKey, [DataPoint])] {
        let set = MatcherSet(matchers)
        return world.look { state in state.history.filter { set.matches($0.key) }.map { ($0.key, $0.value) } }
    }

    private static func labels(_ key: SeriesKey) -> [String: String] {
        Dictionary(key.labels.map { ($0.name, $0.value) } + [("__name__", key.name)], uniquingKeysWith: { $1 })
    }

    private static func pair(_ point: DataPoint) -> [Any] { [point.at.seconds, text(point.value)] }
    private static func text(_ value: Double) -> String {
        value.isNaN ? "NaN" : value == .infinity ? "+Inf" : value == -.infinity ? "-Inf" : "\(value)"
    }

    private static func success(_ type: String, _ result: [[String: Any]]) -> HTTPResponse {
        Reply.json(["status": "success", "data": ["resultType": type, "result": result]])
    }
}
