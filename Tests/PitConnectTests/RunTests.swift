import PitConnect
import PitModel
import PitParse
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
    let http = FakeHTTP(try .file("mlflow/metrics-get-history-bulk-interval.json"))
    let found = try await tracking(http).curves(
        of: ["529e31806f434ce9b55c54ab55ac1536", "e8a7c67e9de6432f868f1ed43133e33e"], metric: "train/loss", points: 10)
    #expect(found.count == 2 && found["529e31806f434ce9b55c54ab55ac1536"]?.first?.value == 2.4934297583055716)
    #expect(http.requests[0].query.filter { $0.name == "run_ids" }.count == 2)
    let old = FakeHTTP(.text("<html>", 404, type: "text/html"), try .file("mlflow/metrics-get-history-nan.json"))
    let course = try #require(try await tracking(old).curves(of: ["r"], metric: "eval/loss", points: 5)["r"])
    #expect(course.map(\.step) == [9, 39, 69, 89, 119] && course.last?.value.isNaN == true)
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
