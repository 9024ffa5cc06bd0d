import PitConnect
import PitModel
import PitParse
import Synchronization
import Testing

private func tracking(_ http: FakeHTTP) -> MLflowConnector { MLflowConnector(connection("mlflow"), http: http) }

@Test("runs are read with parameters, last metrics, tags, and the name of their experiment")
func runsReading() async throws {
    let http = FakeHTTP(try .file("mlflow/experiments-search.json"), try .file("mlflow/runs-search.json"))
    let batch = try await tracking(http).runs(
        RunSearch(experiments: ["fine-tuning"], metric: "eval/judge_score", limit: 3))
    let run = try #require(batch.runs.first)
    #expect(batch.runs.count == 3 && run.name == "code-reviewer-lora-033" && run.experiment == "fine-tuning")
    #expect(run.status == .finished && run.duration(at: Timestamp(milliseconds: 0)) == 2400)
    #expect(run.parameters["learning_rate"] == "0.0001" && run.metrics["train/loss"]?.step == 119)
    #expect(run.metricNames.first == "eval/loss")
    let body = try #require(JSONReader.value(of: http.requests[1].body))
    #expect(body.at("experiment_ids.0")?.text == "1" && body["max_results"]?.number == 3)
    #expect(body.at("order_by.0")?.text == "metrics.`eval/judge_score` DESC")
}

@Test("an experiment that is not there is said, with those that are")
func runsOfNoExperiment() async throws {
    let http = FakeHTTP(try .file("mlflow/experiments-search.json"))
    let fault = await #expect(throws: ConnectorFault.self) {
        try await tracking(http).runs(RunSearch(experiments: ["fine-tunig"]))
    }
    #expect(fault?.summary.contains("no experiment `fine-tunig`; there are: production-chat, fine-tuning") == true)
}

@Test("pages are read to the limit, and no further")
func runsPaging() async throws {
    func page(_ id: String, _ token: String) -> String {
        #"{"runs": [{"info": {"run_id": "\#(id)", "experiment_id": "1", "status": "KILLED"}}, {"info": {}}], "#
            + #""next_page_token": "\#(token)"}"#
    }
    let http = FakeHTTP(
        try .file("mlflow/experiments-search.json"), .text(page("a", "t1")), .text(page("b", "t2")),
        .text(page("c", "")))
    let batch = try await tracking(http).runs(RunSearch(limit: 2))
    #expect(batch.runs.map(\.key.id) == ["a", "b"] && batch.hasMore && http.requests.count == 3)
    #expect(batch.runs[0].status == .stopped && batch.runs[0].metrics.isEmpty)
    #expect(JSONReader.value(of: http.requests[2].body)?["page_token"]?.text == "t1")
}

@Test("a metric's course comes in steps, with what is no number, from old servers too")
func metricCourse() async throws {
    let without = Result<HTTPReply, ConnectorFault>.text("<html>", 404, type: "text/html")
    let http = FakeHTTP(without, try .file("mlflow/metrics-get-history-bulk-interval.json"))
    let found = try await tracking(http).curves(
        of: ["529e31806f434ce9b55c54ab55ac1536", "e8a7c67e9de6432f868f1ed43133e33e"], metric: "train/loss", points: 10)
    #expect(found.count == 2 && found["529e31806f434ce9b55c54ab55ac1536"]?.first?.value == 2.4934297583055716)
    #expect(http.requests[1].query.filter { $0.name == "run_ids" }.count == 2)
    let old = FakeHTTP(without, try .file("mlflow/metrics-get-history-nan.json"))
    let course = try #require(try await tracking(old).curves(of: ["r"], metric: "eval/loss", points: 5)["r"])
    #expect(course.map(\.step) == [9, 39, 69, 89, 119] && course.last?.value.isNaN == true)
}

/// Gives courses as MLflow does: of many runs at once, a number of points at most, and not a word when there are more.
private final class Courses: HTTP {
    let address = "http://fake"
    let lengths: [String: Int]
    let asked = Mutex<[String]>([])
    init(lengths: [String: Int]) { self.lengths = lengths }

    func send(_ request: HTTPRequest) async throws(ConnectorFault) -> HTTPReply {
        let isSampled = request.path.hasSuffix("bulk-interval")
        let runs = request.query.filter { $0.name.hasPrefix("run_id") }.map(\.value)
        asked.withLock { $0.append("\(isSampled ? "sampled" : "whole") \(runs.count)") }
        guard runs.count <= 100 else { return HTTPReply(status: 400) }
        var points = runs.sorted().flatMap { run in
            stride(from: 0, to: lengths[run] ?? 0, by: isSampled ? 100 : 1).map {
                #"{"key":"loss","run_id":"\#(run)","step":\#($0),"timestamp":1795279226900,"value":0.5}"#
            }
        }
        if !isSampled { points = Array(points.prefix(25_000)) }
        return HTTPReply(status: 200, body: Array("{\"metrics\":[\(points.joined(separator: ","))]}".utf8))
    }

    func stream(
        _ request: HTTPRequest, onBytes: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws(ConnectorFault) -> HTTPReply { throw .cancelled }
}

@Test("courses of many runs come whole, though a reply ends without saying so; one that is too long comes in samples")
func manyCourses() async throws {
    let recorded = FakeHTTP(try .file("mlflow/metrics-get-history-bulk.json"))
    let two = try await tracking(recorded).curves(
        of: ["e8a7c67e9de6432f868f1ed43133e33e", "529e31806f434ce9b55c54ab55ac1536"], metric: "train/loss", points: 10)
    #expect(recorded.requests.count == 1 && recorded.requests[0].query.filter { $0.name == "run_id" }.count == 2)
    #expect(!two.isEmpty && two.values.allSatisfy { !$0.isEmpty })

    let ids = (0..<80).map { "r\(1000 + $0)" }
    var lengths = Dictionary(uniqueKeysWithValues: ids.map { ($0, 400) })
    (lengths[ids[0]], lengths[ids[70]], lengths[ids[71]]) = (0, 26_000, 7)
    let http = Courses(lengths: lengths)
    let found = try await MLflowConnector(connection("mlflow"), http: http).curves(of: ids, metric: "loss", points: 50)
    for id in ids {
        let course = found[id] ?? []
        let length = lengths[id] ?? 0
        let isWhole =
            length == 0
            ? course.isEmpty : course.first?.step == 0 && course.last?.step == (length == 26_000 ? 25_900 : length - 1)
        #expect(isWhole && course.count <= 300, "\(id)")
    }
    let asked = http.asked.withLock { $0 }
    #expect(asked.first == "whole 80" && asked.last == "sampled 1" && asked.count <= 8, "\(asked)")
}

@Test("a run that diverged has a loss that is no number")
func divergedRun() async throws {
    let http = FakeHTTP(try .file("mlflow/experiments-search.json"), try .file("mlflow/runs-search-diverged.json"))
    let run = try #require(try await tracking(http).runs(RunSearch()).runs.first)
    #expect(run.metrics["train/loss"]?.value.isNaN == true)
}

@Test("a model is registered once, whatever became of the first reply")
func registersModel() async throws {
    let registration = ModelRegistration(
        model: "support-assistant", source: "mlflow-artifacts:/1/x/artifacts/model", run: "x",
        tags: [ModelRegistration.trainingTag: "lora-7", "data": "sha256:ab"])
    let http = FakeHTTP(
        .text("{}"), try .file("mlflow/error-model-exists.json", 400), try .file("mlflow/model-versions-get.json"))
    #expect(try await tracking(http).register(registration) == "2")
    let body = try #require(JSONReader.value(of: http.requests[2].body))
    #expect(body["run_id"]?.text == "x" && body.at("tags.0.key")?.text == "data")
    let again = FakeHTTP(
        .text(#"{"model_versions": [{"version": "5", "tags": [{"key": "pitwall.training", "value": "lora-7"}]}]}"#))
    #expect(try await tracking(again).register(registration) == "5" && again.requests.count == 1)
}
