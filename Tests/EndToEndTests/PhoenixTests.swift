import Foundation
import PitTestKit
import Testing

extension EndToEnd {
    @Test(
        "judgements reach a real Phoenix that was down meanwhile, each once, after a kill and an undo; others' come in")
    func labelsReachPhoenix() async throws {
        let arize = try Judged(.phoenix)
        try arize.server("seed", "20")
        try arize.said("poll", "--once")
        #expect(try arize.said("queue", "create", "q").contains("q: 20 items"))
        try arize.server("halt")

        let (first, pid) = try arize.judge("q")
        try await first.wait(for: "0/20 judged")
        try first.type(String(repeating: "k", count: 10))
        try await first.wait(for: "10/20 judged")
        try await first.wait(for: "not sent: tracking")
        let process = try String(contentsOfFile: pid, encoding: .utf8)
        #expect(try Command(["kill", "-9", process.trimmingCharacters(in: .whitespacesAndNewlines)]).run().status == 0)
        try await first.wait(for: "left=137")

        try arize.server("start")
        let (second, _) = try arize.judge("q")
        try await second.wait(for: "10/20 judged")
        try second.type(String(repeating: "d", count: 10))
        try await second.wait(for: "20/20 judged")
        try second.send("u")
        try await second.wait(for: "19/20 judged")
        try second.send("q")
        try await second.wait(for: "left=0")
        try arize.said("sync", "--once")

        let told = try arize.told("annotations", "own")
        #expect(told.count == 19 && Set(told.compactMap { $0["key"] as? String }).count == 19, "\(told)")
        #expect(told.filter { $0["label"] as? String == "good" && $0["score"] as? Double == 1 }.count == 10)
        #expect(told.filter { $0["label"] as? String == "bad" && $0["score"] as? Double == 0 }.count == 9)
        #expect(told.allSatisfy { $0["author"] as? String == "ana" && $0["kind"] as? String == "HUMAN" })

        // Another person says something of a span at Phoenix itself, and writes over the last one of ours.
        let rows = try JSONSerialization.jsonObject(
            with: Data(arize.said("get", "labels", "--queue", "q", "-o", "json").utf8))
        let newest = try #require((rows as? [[String: Any]])?.max { "\($0["at"] ?? "")" < "\($1["at"] ?? "")" })
        let ours = try #require(
            told.first { "\(newest["item"] ?? "")".hasSuffix("/\($0["span"] ?? "-")") }, "\(newest)")
        let (span, key) = (try #require(ours["span"] as? String), try #require(ours["key"] as? String))
        let question = try #require(ours["name"] as? String)
        try arize.server("say", span, question, "good", "zoe")
        try arize.server("say", span, question, "good", key)
        try arize.said("sync", "--once")
        #expect(try arize.said("get", "labels", "--queue", "q", "-o", "json").contains("imported tracking"))
        let (third, _) = try arize.judge("q")
        try await third.wait(for: "19/20 judged")
        try third.send("u")
        try await third.wait(for: "18/20 judged")
        try third.send("q")
        try await third.wait(for: "left=0")
        #expect(try arize.said("sync", "--once", status: 1).contains("was changed there"))
        #expect(
            try arize.said("sync", "conflicts", status: 1).contains(key), "what was changed there is not written over")
        #expect(
            try arize.told("annotations").contains { $0["key"] as? String == key && $0["label"] as? String == "good" })
        try arize.said("sync", "resolve", key, "--keep", "ours")
        try arize.said("sync", "--once")
        let last = try arize.told("annotations")
        #expect(!last.contains { $0["key"] as? String == key }, "ours was taken back")
        #expect(last.count == 19 && last.contains { $0["key"] as? String == "zoe" && $0["label"] as? String == "good" })
    }
}
