import PitConsole
import PitGrid
import PitModel
import Testing

/// The query that the exchanges screen was opened with.
private func query(_ keys: String, filter: String) -> InteractionQuery? {
    var harness = Harness(Worlds.drifting, screen: "drift", subject: filter)
    harness.press(keys)
    return harness.console.world.exchanges.keys.first
}

@Suite struct DriftScreenTests {
    @Test func aWordThatMovedLeadsToTheExchangesThatSayIt() throws {
        let found = try #require(query("e", filter: "response text"))
        #expect(found.model == ModelName("support-chat") && found.text == "kestrel" && found.feature == nil)
        #expect(found.from == noon.advanced(by: -3600) && found.to == noon)
        #expect(try #require(query("enter l l e", filter: "response text")).text == "parcel")
        #expect(try #require(query("enter l l h h h e", filter: "response text")).text == "kestrel")
    }

    @Test func aBucketLeadsToTheExchangesInIt() throws {
        // The two that moved most are alike; the later one is meant.
        let found = try #require(query("enter l l l e", filter: "response length"))
        #expect(found.feature == "response_length" && found.least == 400.0.nextUp && found.most == nil)
        let first = try #require(query("enter h h h h e", filter: "response length"))
        #expect(first.least == nil && first.most == 40)
        let word = try #require(query("e", filter: "refusal"))
        #expect(word.feature == "refusal" && word.word == "no")
    }

    @Test func aHistogramLeadsToTheExchangesThatTellOfTheSame() throws {
        let found = try #require(query("e", filter: "prompt tokens drift"))
        #expect(found.feature == "prompt_tokens" && found.model == ModelName("support-chat"))
        let reason = try #require(query("e", filter: "support finish"))
        #expect(reason.feature == "finish_reason" && reason.word != nil)
    }

    @Test func whereNothingLeadsAnywhereItIsSaidWhy() {
        var harness = Harness(Worlds.drifting, screen: "drift", subject: "kstest")
        harness.press("e")
        #expect(harness.text.contains("does not say which exchanges"))
        harness = Harness(Worlds.drifting, screen: "drift", subject: "code-assist prompt")
        harness.press("e")
        #expect(harness.text.contains("no exchange with code-assist is kept"))
        #expect(harness.console.world.exchanges.isEmpty)
    }

    @Test func theIntervalStandsBesideTheScore() {
        var harness = Harness(Worlds.drifting, screen: "drift", subject: "response text")
        harness.press("enter")
        #expect(harness.text.contains("AUC 0.81 [0.77, 0.85], limit 0.55"))
        #expect(harness.text.contains("kestrel: 0% -> 42%"), "\(harness.text)")
    }
}
