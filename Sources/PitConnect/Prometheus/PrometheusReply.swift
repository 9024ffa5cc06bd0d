import PitModel

/// The envelope of the HTTP API v1.
struct PrometheusReply<Payload: Decodable>: Decodable {
    var status: String
    var data: Payload?
    var errorType: String?
    var error: String?
    var warnings: [String]?
    var infos: [String]?
}

/// A time and a value as the API writes them: `[1435781451.781, "1"]`.
struct WirePoint: Decodable {
    var point: DataPoint

    init(from decoder: any Decoder) throws {
        var pair = try decoder.unkeyedContainer()
        let seconds = try pair.decode(Double.self)
        let text = try pair.decode(String.self)
        guard seconds.isFinite, abs(seconds) < 1e12, let value = Self.number(text) else {
            throw DecodingError.dataCorruptedError(in: pair, debugDescription: "not a value")
        }
        point = DataPoint(Timestamp(seconds: seconds), value)
    }

    static func number(_ text: String) -> Double? {
        switch text {
        case "+Inf", "Inf": .infinity
        case "-Inf": -.infinity
        case "NaN": .nan
        default: Double(text)
        }
    }
}

struct QueryData: Decodable {
    struct Item: Decodable {
        var metric: [String: String]
        var value: WirePoint?
        var values: [WirePoint]?

        /// The series and its points; nil when it has native histograms only.
        var series: SeriesPoints? {
            let points = (values ?? value.map { [$0] } ?? []).map(\.point)
            guard !points.isEmpty else { return nil }
            let labels = metric.filter { $0.key != "__name__" }.map { Label($0.key, $0.value) }
            return SeriesPoints(SeriesKey(metric["__name__"] ?? "", labels), points)
        }
    }

    var items: [Item]

    private enum Keys: CodingKey { case resultType, result }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        switch try container.decode(String.self, forKey: .resultType) {
        case "vector", "matrix": items = try container.decode([Item].self, forKey: .result)
        case "scalar": items = [Item(metric: [:], value: try container.decode(WirePoint.self, forKey: .result))]
        default: items = []
        }
    }
}

struct PrometheusAlerts: Decodable {
    struct Item: Decodable {
        var labels: [String: String]
        var annotations: [String: String]?
        var state: String
        var activeAt: String?
    }
    var alerts: [Item]
}

struct PrometheusBuild: Decodable {
    var version: String?
    var application: String?
    var revision: String?
}
