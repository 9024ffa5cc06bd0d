import Foundation
import PitConnect
import PitHTTP
import PitModel
import PitTestKit
import Testing

/// What MLflow's own client reads of an assessment.
private struct Told: Decodable {
    var trace: String
    var name: String
    var value: String
    var author: String
    var type: String
    var why: String?
    var key: String?
}

private func change(_ trace: String, _ value: JudgedValue?, question: String = "thumbs", comment: String = "")
    -> AssessmentChange
{
    let now = Timestamp(milliseconds: 1_795_600_000_000)
    return AssessmentChange(
        key: "\(question)-\(trace)",
        judgement: Judgement(
            id: UUID().uuidString.lowercased(), at: now, author: "ana", queue: "all", item: trace,
            rubric: Rubric.Reference("thumbs", version: 1), question: question, value: value, comment: comment),
        target: JudgedTarget(
            connection: ConnectionName("tracking"), interaction: trace, model: nil, release: nil, at: now,
            textHash: "", messages: [], answers: []))
}

extension EndToEnd {
    @Test("judgements are kept by a real MLflow server, changed and taken back, none doubled, as its own client reads")
    func assessments() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "pitwall-judged-\(UUID().uuidString)").path
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Peers/mlflow_server.py")
            .standardized.path
        func server(_ words: String...) throws -> String {
            let output = try Command(["python3", script, words[0], folder] + words.dropFirst()).run()
            guard output.status == 0 else { throw Command.Failure(output.text) }
            return output.text
        }
        defer { _ = try? Command(["python3", script, "stop", folder]).run() }
        _ = try server("start")
        _ = try server("seed", "50")
        let facts = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: folder + "/mlflow.json")))
        let url = (facts as? [String: Any])?["mlflow"] as? String ?? ""
        let http = CurlEngine()
        defer { http.shutdown() }
        let wire = CurlHTTP(engine: http, endpoint: Endpoint(url: url, timeout: 60, maxBytes: 4 << 20), version: "test")
        let connector = MLflowConnector(
            Connection(name: ConnectionName("tracking"), kind: "mlflow", url: url, timeout: 60), http: wire)
        let traces = try await connector.readInteractions(after: nil, limit: 100).interactions.map(\.id)
        try #require(traces.count == 50)

        for trace in traces { _ = try await connector.keep(change(trace, .choice("bad"), comment: "rude")) }
        // Sent again as after a lost reply, changed, corrected, taken back.
        let again = try await connector.keep(change(traces[0], .choice("bad"), comment: "rude"))
        #expect(try await connector.keep(change(traces[0], .choice("good"))) == again)
        _ = try await connector.keep(change(traces[1], .correction("Ask your bank."), question: "answer"))
        for _ in 0..<2 { _ = try await connector.keep(change(traces[2], nil)) }

        let list = try #require(server("assessments").split(separator: "\n").last { $0.hasPrefix("[{") })
        let told = try JSONDecoder().decode([Told].self, from: Data(list.utf8))
        #expect(told.count == 50, "fifty and a correction, less the one that was taken back")
        #expect(Set(told.compactMap(\.key)).count == 50 && told.allSatisfy { $0.author == "ana" })
        let first = told.filter { $0.trace == traces[0] }
        #expect(first.map(\.value) == ["good"] && (first.first?.why ?? "").isEmpty)
        #expect(told.filter { $0.type == "Expectation" }.map(\.value) == ["Ask your bank."])
        #expect(!told.contains { $0.trace == traces[2] })
        let read = try await connector.assessments(of: Array(traces.prefix(3)))
        #expect(read.map(\.value).contains(.correction("Ask your bank.")) && read.count == 3)
    }
}
