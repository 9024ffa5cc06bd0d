import FlyingFox
import Foundation
import PitModel
import PitParse
import Synchronization
import Testing

@testable import PitFleet

final class HandClock: WallClock {
    private let time = Mutex(Timestamp(seconds: 1_800_000_000))
    func now() -> Timestamp { time.withLock { $0 } }
    func advance(_ seconds: Double) { time.withLock { $0 = $0.advanced(by: seconds) } }
}

func get(_ url: String) throws -> (status: Int, text: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["curl", "-s", "--noproxy", "*", "-w", "\n%{http_code}", url]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return (Int(lines.last ?? "") ?? -1, lines.dropLast().joined(separator: "\n"))
}

@Test("the story: healthy, then slow, drifting, down, and well again")
func story() {
    #expect(Story.mood(of: "translate-ja", at: -10) == Story.Mood())
    #expect(Story.mood(of: "translate-ja", at: 300).drift == 1)
    #expect(Story.mood(of: "summarise", at: 200).isDown && !Story.mood(of: "summarise", at: 280).isDown)
    let (world, clock) = demo()
    func strain(after seconds: Double) -> Double {
        clock.advance(seconds)
        return world.look { $0.mood(of: "code-assist").strain }
    }
    #expect(strain(after: 30) == 0)
    #expect(strain(after: 90) == 1)
    #expect(strain(after: 180) == 0)
    #expect(0.3..<1 ~= strain(after: 300))
}

private typealias JSONValue = PitParse.JSONValue

private func demo() -> (FleetWorld, HandClock) {
    let clock = HandClock()
    return (FleetWorld(seed: 7, speed: 1, clock: clock, isScraped: false), clock)
}

/// Asks the demo's deployer.
private func ask(_ world: FleetWorld, _ question: String, isCareful: Bool = false) -> JSONValue {
    world.look { state in
        Conversation(now: state.lived, isCareful: isCareful, wall: world.wall)
            .answer(JSONReader.value(of: question) ?? .null, &state.deployments)
    }
}

private func deployment(_ name: String, of answer: JSONValue) -> JSONValue? {
    answer["deployments"]?.list?.first { $0["name"]?.text == name }
}

@Test("a release makes a model slow, and rolling it back heals it: nothing of the story undoes that")
func badRelease() {
    let (world, clock) = demo()
    clock.advance(100)
    let bad = deployment("code-assist", of: ask(world, #"{"ask":"list"}"#))
    #expect(bad?["release"] == .text("r4") && bad?["changed_by"] == .text("release #776"))
    let back =
        #"{"ask":"apply","name":"code-assist","verb":"rollback","to":"r3","author":"ana","id":"1","if":{"generation":7}}"#
    #expect(ask(world, back.replacing(":7", with: ":6"))["refused"]?.text == "generation is 7 now")
    #expect(ask(world, back)["accepted"]?.text == "rollback to r3, generation 8")
    #expect(ask(world, back)["accepted"]?.text?.hasPrefix("done before") == true)
    #expect(ask(world, #"{"ask":"trace","name":"code-assist","id":"1"}"#)["trace"] == .text("done"))
    clock.advance(6)
    func status() -> String? { deployment("code-assist", of: ask(world, #"{"ask":"list"}"#))?["status"]?.text }
    #expect(status() == "progressing")
    clock.advance(24)
    #expect(status() == "complete")
    let slow = world.look { $0.replicas.filter { $0.cast.name == "code-assist" }.map(\.ttft) }
    clock.advance(30)
    let healed = world.look { $0.replicas.filter { $0.cast.name == "code-assist" }.map(\.ttft) }
    for (before, after) in zip(slow, healed) {
        let counts = zip(after.edges, zip(after.counts, before.counts).map { $0 - $1 })
        #expect(counts.filter { $0.0 <= 0.75 }.reduce(0) { $0 + $1.1 } > 100)
        #expect(counts.filter { $0.0 > 0.75 }.reduce(0) { $0 + $1.1 } < 10)
    }
    clock.advance(200)
    #expect(deployment("code-assist", of: ask(world, #"{"ask":"list"}"#))?["release"] == .text("r3"))
}

@Test("there is a canary that goes bad and can be aborted, a paused rollout, and what Argo CD manages")
func demoDeployments() {
    let (world, clock) = demo()
    clock.advance(330)
    let list = ask(world, #"{"ask":"list"}"#)
    let canary = deployment("rag-answers", of: list)
    #expect(
        canary?["status"] == .text("canary")
            && canary?["traffic"]?.list?.map { $0["percent"] } == [.number(80), .number(20)])
    #expect(deployment("translate-ja", of: list)?["status"] == .text("paused"))
    #expect(world.look { 0.01..<0.05 ~= $0.mood(of: "rag-answers").failing })
    let abort = #"{"ask":"apply","name":"rag-answers","verb":"abort","author":"ana","id":"2","if":{"generation":42}}"#
    #expect(ask(world, abort)["accepted"] != nil)
    clock.advance(10)
    let aborted = deployment("rag-answers", of: ask(world, #"{"ask":"list"}"#))
    #expect(aborted?["release"] == .text("r21") && aborted?["status"] == .text("complete"))
    #expect(world.look { $0.mood(of: "rag-answers").failing } < 0.001)
    let careful = ask(world, #"{"ask":"list"}"#, isCareful: true)
    #expect(deployment("summarise", of: careful)?["managed_by"] == .text("Argo CD"))
    #expect(deployment("code-assist", of: careful) == nil)
    #expect(ask(world, #"{"ask":"revisions","name":"support-chat"}"#)["error"] != nil)
}

@Test("pages look like vLLM's: no bad line, cumulative buckets, counters that only grow")
func pages() {
    let clock = HandClock()
    let world = FleetWorld(seed: 7, speed: 1, clock: clock)
    var before: [SeriesKey: Double] = [:]
    for _ in 0..<12 {
        clock.advance(10)
        let page = ExpositionParser.parse(Array(world.look { world.page(of: $0.replicas[0]) }.utf8))
        #expect(page.badLineCount == 0 && page.rows.count > 150)
        var cumulative: [String: (Double, Double)] = [:]
        for sample in page.samples {
            if sample.series.name.hasSuffix("_total") || sample.series.name.hasSuffix("_bucket") {
                #expect(sample.value >= before[sample.series] ?? 0, "\(sample.series)")
                before[sample.series] = sample.value
            }
            if sample.series.name.hasSuffix("_bucket"), let text = sample.series["le"] {
                let edge = text == "+Inf" ? .infinity : Double(text) ?? -1
                if let (lastEdge, last) = cumulative[sample.series.name] {
                    #expect(edge > lastEdge && sample.value >= last)
                }
                cumulative[sample.series.name] = (edge, sample.value)
            }
        }
    }
}

@Test("the same seed tells the same story, the past included")
func seed() {
    func pages() -> [String] {
        let world = FleetWorld(seed: 3, speed: 1, clock: HandClock())
        var all: [String] = []
        world.tellPast(every: 300) { _, _, page in all.append(page) }
        return all
    }
    let (one, two) = (pages(), pages())
    #expect(one.count == 12 * 3 && one == two)
}

@Test("the servers are real: pages, queries, alerts; one that is down refuses, and comes back with new counters")
func servers() async throws {
    let clock = HandClock()
    let fleet = try await Fleet.start(seed: 7, speed: 1, clock: clock)
    let urls = Dictionary(uniqueKeysWithValues: fleet.urls.map { ($0.name, $0.url) })
    clock.advance(120)
    let page = try get("\(urls["code-assist-0"] ?? "")/metrics")
    #expect(page.status == 200 && page.text.contains("vllm:num_requests_waiting"))
    let query = try get("\(urls["prometheus"] ?? "")/api/v1/query?query=up%7Bjob%3D%22vllm%22%7D")
    #expect(query.status == 200 && query.text.contains("\"resultType\":\"vector\""))
    #expect(try get("\(urls["prometheus"] ?? "")/api/v1/query?query=%7B").status == 400)
    #expect(try get("\(urls["alertmanager"] ?? "")/api/v2/alerts").text.contains("HighTTFT"))
    clock.advance(60)
    let summarise = "\(urls["summarise"] ?? "")/metrics"
    func wait(_ status: Int) async throws -> Bool {
        let end = ContinuousClock().now + .seconds(180)
        while ContinuousClock().now < end {
            if try get(summarise).status == status { return true }
            try await Task.sleep(for: .milliseconds(50))
        }
        return false
    }
    #expect(try await wait(0))
    clock.advance(120)
    #expect(try await wait(200))
    #expect(try !get("\(urls["alertmanager"] ?? "")/api/v2/alerts").text.contains("HighTTFT"))
    await fleet.stop()
    #expect(try get("\(urls["prometheus"] ?? "")/-/ready").status == 0)
}

@Test("the configuration it prints names every server; one answers as pipelines and as their cluster")
func yaml() async throws {
    let fleet = try await Fleet.start(clock: HandClock())
    for (name, url) in fleet.urls { #expect(fleet.yaml.contains("name: \(name), ") && fleet.yaml.contains(url)) }
    let pipelines = fleet.urls.first { $0.name == "pipelines" }?.url ?? ""
    for (path, word) in [
        ("/apis/v2beta1/runs?page_size=5", "release #776"), ("/apis", "apps/v1"), ("/version", "gitVersion"),
        ("/api/v1/namespaces/ml/pods", "Insufficient nvidia.com/gpu"),
    ] {
        let reply = try get(pipelines + path)
        #expect(reply.status == 200 && reply.text.contains(word), "\(path)")
    }
    #expect(try get(pipelines + "/apis/v2beta1/runs/x").status == 404)
    await fleet.stop()
}
