import PitStatistics
import Testing

@Test("reciprocal rank fusion: sums of 1 / (60 + rank), as Cormack, Clarke and Büttcher have it")
func fusion() {
    let fused = RankFusion.fuse([["a", "b", "c"], ["c", "a", "d"]])
    #expect(fused.map(\.id) == ["a", "c", "b", "d"])
    #expect(abs(fused[0].score - (1.0 / 61 + 1.0 / 62)) < 1e-15 && abs(fused[3].score - 1.0 / 63) < 1e-15)
    #expect(RankFusion.fuse([["x", "x", "y"], []]).map(\.score) == [1.0 / 61, 1.0 / 63])
    #expect(RankFusion.fuse([["b"], ["a"]]).map(\.id) == ["b", "a"], "what ties stays in order")
    #expect(RankFusion.fuse([[Int]]()).isEmpty)
}

@Test("recall@k and the mean reciprocal rank, worked by hand, with an interval around each")
func retrievalQuality() throws {
    let places: [[Int?]] = [[1], [2, nil], [nil], [7, 3], []]
    let found = try #require(RetrievalQuality(places, depths: [1, 3, 10]))
    #expect(found.questions == 4)
    #expect(found.recall.map(\.figure.value) == [0.25, 0.5, 0.625])
    #expect(abs(found.reciprocalRank.value - (1 + 0.5 + 0 + 1.0 / 3) / 4) < 1e-15)
    let interval = try #require(found.reciprocalRank.interval)
    #expect(interval.contains(found.reciprocalRank.value) && interval.lowerBound < interval.upperBound)
    #expect(RetrievalQuality(places, depths: [1, 3, 10]) == found, "the same questions give the same figures")
    #expect(RetrievalQuality([[2]], depths: [5])?.reciprocalRank == .init(value: 0.5, interval: nil))
    #expect(RetrievalQuality([[]], depths: [5]) == nil)
}

@Test("a question's words are those that say something, names whole, in whichever language it is asked")
func questionWords() {
    #expect(QuestionWords.of("What do I do when the KV cache is full?") == ["KV", "cache", "full"])
    #expect(QuestionWords.of("Is `vllm:num_requests_waiting` up? up! don't") == ["vllm:num_requests_waiting", "up"])
    #expect(QuestionWords.of("Why did the server die?") == ["server", "die"])
    #expect(QuestionWords.of("Was ist, wenn die Warteschlange wächst?") == ["Warteschlange", "wächst"])
    #expect(QuestionWords.of("Qu'est-ce que la latence du modèle ?") == ["latence", "modèle"])
    #expect(QuestionWords.of("怎么回滚模型") == ["怎么回滚模型"])
    #expect(QuestionWords.of("what is it? -- \"*(:") == [])
    #expect(QuestionWords.of((0..<500).map { "w\($0)" }.joined(separator: " ")).count == QuestionWords.most)
}
