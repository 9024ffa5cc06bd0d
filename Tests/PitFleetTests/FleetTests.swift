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
    #expect(Story.mood(of: "code-assist", at: -10) == Story.Mood())
    #expect(Story.mood(of: "code-assist", at: 120).strain == 1)
    #expect(Story.mood(of: "code-assist", at: 300).strain == 0)
    #expect(Story.mood(of: "translate-ja", at: 300).drift == 1)
    #expect(Story.mood(of: "summarise", at: 200).isDown && !Story.mood(of: "summarise", at: 280).isDown)
    #expect(Story.mood(of: "code-assist", at: 480 + 120).strain < 1)
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

@Test("the configuration it prints names every server")
func yaml() async throws {
    let fleet = try await Fleet.start(clock: HandClock())
    for (name, url) in fleet.urls { #expect(fleet.yaml.contains("name: \(name), ") && fleet.yaml.contains(url)) }
    await fleet.stop()
}
