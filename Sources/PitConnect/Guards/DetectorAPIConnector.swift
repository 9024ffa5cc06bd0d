import FoundationEssentials
public import PitModel
import PitParse

/// A detector server of FMS guardrails (also what TrustyAI's guardrails detectors speak): `/api/v1/text/contents`.
public struct DetectorAPIConnector: Connector, TextGuarding {
    public static let about = ConnectorInfo(
        id: "fms-detector", title: "FMS detector",
        summary: "judges prompts and responses by a detector server's text contents API",
        options: [
            OptionInfo("detector", .text, help: "the header detector-id", example: "prompt-injection"),
            OptionInfo("threshold", .number, help: "scores from here on count; 0.5 without it", example: "0.7"),
            OptionInfo("regex", .list, help: "for the built-in detectors: what to look for", example: "[email]"),
        ])

    private struct Request: Encodable {
        struct Parameters: Encodable { var regex: [String] }
        var contents: [String]
        var detector_params: Parameters?
    }

    private struct Detection: Decodable {
        var start: Int
        var end: Int
        var text: String?
        var detection: String
        var detection_type: String
        var score: Double
    }

    private let http: any HTTP
    private let detector: String
    private let threshold: Double
    private let regex: [String]

    public init(_ connection: Connection, http: any HTTP) {
        self.http = http
        detector = connection.options["detector"]?.text ?? "default"
        threshold = connection.options["threshold"]?.number ?? 0.5
        regex = connection.options["regex"]?.list ?? []
    }

    public func probe() async throws(ConnectorFault) -> Identity {
        _ = try await http.send(HTTPRequest(.get, "/health")).success()
        return Identity(product: "FMS detector", detail: detector)
    }

    public func check(_ exchange: Interaction) async throws(ConnectorFault) -> [Finding] {
        let texts = GuardedText.all(of: exchange)
        guard !texts.isEmpty else { return [] }
        let request = Request(
            contents: texts.map(\.text), detector_params: regex.isEmpty ? nil : .init(regex: regex))
        guard let body = try? JSONEncoder().encode(request) else {
            throw .rejected("the text cannot be written as JSON")
        }
        let headers = [(name: "Content-Type", value: "application/json"), (name: "detector-id", value: detector)]
        let reply = try await http.send(
            HTTPRequest(.post, "/api/v1/text/contents", headers: headers, body: Array(body), isRepeatable: true))
        guard (200..<300).contains(reply.status) else { throw ServerWords.fault(reply, reply.body) }
        let lists = try JSONReply.decode([[Detection]].self, reply, from: "a detector server")
        guard lists.count == texts.count else {
            throw .notWhatItSays(expected: "a list for each of \(texts.count) contents", got: "\(lists.count)")
        }
        return zip(texts, lists).flatMap { text, list in
            list.filter { $0.score >= threshold }.prefix(20).map { found in
                Finding(
                    detector: Finding.guardDetector, kind: found.detection_type, owasp: "LLM01", side: text.side,
                    message: text.message, range: text.range(found.start, found.end), score: min(1, found.score),
                    evidence: "\(detector): \(found.detection)")
            }
        }
    }
}

/// A text of an exchange that a guard is asked about.
struct GuardedText {
    var text: String
    var side: Finding.Side
    var message: Int?

    /// What the user said last, and the response; bounded, as guards' models are.
    static func all(of exchange: Interaction) -> [GuardedText] {
        var texts: [GuardedText] = []
        let last = exchange.messages.lastIndex { $0.role == "user" }
        if let last, !exchange.messages[last].text.isEmpty {
            texts.append(
                GuardedText(text: exchange.messages[last].text.prefix(bytes: 16_384), side: .prompt, message: last))
        }
        if let response = exchange.response, !response.isEmpty {
            texts.append(GuardedText(text: response.prefix(bytes: 16_384), side: .response))
        }
        return texts
    }

    /// Places counted in characters (Unicode scalars) as places in UTF-8.
    func range(_ start: Int, _ end: Int) -> Range<Int> {
        guard start >= 0, end > start else { return 0..<0 }
        var (at, place, first) = (0, 0, Int?.none)
        for scalar in text.unicodeScalars {
            if place == start { first = at }
            if place == end { break }
            at += UTF8.width(scalar)
            place += 1
        }
        return first.map { $0..<max($0, at) } ?? 0..<0
    }
}
