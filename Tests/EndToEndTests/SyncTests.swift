import Foundation
import PitTestKit
import Testing

extension EndToEnd {
    @Test(
        "fifty labels, MLflow down for the first half, a kill, an undo, a second person: MLflow's own client reads each once"
    )
    func labelsReachMLflow() async throws {
        let judged = try Judged(.mlflow)
        // Of fifty-one one failed, and has no answer to be judged.
        try judged.server("seed", "51")
        _ = try judged.pitwall("poll", "--once")
        let made = try judged.pitwall("queue", "create", "q", "--overlap", "2")
        #expect(made.text.contains("q: 50 items"), "\(made.text)")
        try judged.server("halt")

        let (first, pid) = try judged.judge("q")
        try await first.wait(for: "0/50 judged")
        try first.type(String(repeating: "k", count: 25))
        try await first.wait(for: "25/50 judged")
        try await first.wait(for: "not sent: tracking")
        let process = try String(contentsOfFile: pid, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(try Command(["kill", "-9", process]).run().status == 0)
        try await first.wait(for: "left=137")

        try judged.server("start")
        let (ana, _) = try judged.judge("q")
        let (bo, _) = try judged.judge("q", as: "bo")
        try await ana.wait(for: "25/50 judged")
        try await bo.wait(for: "0/50 judged")
        try ana.type(String(repeating: "d", count: 25))
        try bo.type(String(repeating: "k", count: 10))
        try await ana.wait(for: "50/50 judged")
        try await bo.wait(for: "10/50 judged")
        try ana.send("u")
        try await ana.wait(for: "49/50 judged")
        try await judged.untilTold()

        var told = try judged.told("assessments")
        let anas = told.filter { $0["author"] as? String == "ana" }
        #expect(anas.filter { $0["value"] as? String == "good" }.count == 25)
        #expect(anas.filter { $0["value"] as? String == "bad" }.count == 24, "one was taken back")
        #expect(told.filter { $0["author"] as? String == "bo" }.count == 10)
        #expect(told.count == 59 && Set(told.compactMap { $0["key"] as? String }).count == 59)

        // Another person at MLflow, and a queue that was made there: of its five traces one failed.
        let trace = try #require(anas.first?["trace"] as? String)
        try judged.server("say", trace, "good", "bad", "zoe")
        let review = try #require(try judged.server("review", "Refund answers", "5").split(separator: "\n").last)
        let round = try judged.pitwall("sync", "--once")
        #expect(round.status == 0 && round.text.contains("tracking"), "\(round.text)")
        let labels = try judged.rows("get", "labels", "--queue", "q")
        #expect(labels.contains { $0["author"] as? String == "zoe" && $0["origin"] as? String == "imported tracking" })
        #expect(try judged.rows("get", "queues").contains { $0["name"] as? String == "tracking-refund-answers" })
        try ana.send("q")
        let (reviewer, _) = try judged.judge("tracking-refund-answers")
        let page = try await reviewer.wait(for: "0/4 judged")
        #expect(page.contains { $0.contains("Polite") } && page.contains { $0.contains("Rude") }, "\(page)")
        try reviewer.send("1")
        try await reviewer.wait(for: "1/4 judged")
        try await judged.untilTold()
        _ = try judged.pitwall("sync", "--once")
        let reviews = try judged.server("reviews", String(review))
        #expect(reviews.components(separatedBy: "COMPLETE").count == 2 && reviews.contains("ana"), "\(reviews)")

        // Somebody writes over ours: it is put beside it, and stays until a person says.
        told = try judged.told("assessments")
        #expect(told.filter { $0["name"] as? String == "polite" }.count == 1)
        let empty = try judged.pitwall("sync", "conflicts")
        #expect(empty.status == 0 && empty.text.contains("nothing stands still"), "\(empty.text)")
    }
}
