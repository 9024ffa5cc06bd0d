import Foundation
import PitModel
import PitStore
import Testing

private let log = ConnectionName("log")

private func exchange(
    _ number: Int, model: String? = "m", response: String? = "r", features: [String: Interaction.Attribute] = [:],
    findings: [Finding] = []
) -> KeptInteraction {
    KeptInteraction(
        Interaction(
            id: "i\(number)", connection: log, model: model.map(ModelName.init), at: at(Double(number)),
            messages: [.init("user", "prompt \(number)")], response: response),
        features: features, findings: findings.map { KeptFinding($0) })
}

private func finding(_ detector: String, _ kind: String = "k", at start: Int = 0) -> Finding {
    Finding(detector: detector, kind: kind, owasp: "LLM01", side: .prompt, range: start..<start + 1, evidence: "e")
}

@Test("exchanges are kept once, with the place to go on at, and found again after the files are opened anew")
func keptOnce() throws {
    let folder = Folder()
    var store: Store? = try Store.open(folder: folder.path)
    var whole = exchange(1, features: ["length": .number(3), "language": .text("de")])
    whole.interaction.attributes = ["tier": .text("gold")]
    whole.interaction.latency = 1.5
    #expect(try store?.readingCursor(log) == nil)
    #expect(try store?.append([whole, exchange(2)], from: log, cursor: "a") == 2)
    #expect(try store?.append([exchange(2), exchange(3, model: nil, response: nil)], from: log, cursor: "b") == 1)
    store = nil
    let again = try Store.open(folder: folder.path)
    #expect(try again.readingCursor(log) == "b")
    let found = try again.interactions(InteractionQuery())
    #expect(found.map(\.interaction.id) == ["i3", "i2", "i1"])
    #expect(found.first?.interaction.response == nil)
    #expect(found.last?.interaction == whole.interaction)
    #expect(found.last?.features == whole.features)
}

@Test("what is asked for narrows what is found, and pages follow one another")
func narrowing() throws {
    let store = try Store.inMemory()
    let all = (1...30).map { number in
        exchange(
            number, model: number % 2 == 0 ? "m" : "n", response: number == 7 ? "a 100% Sure_thing" : "r",
            features: ["length": .number(Double(number)), "language": .text(number < 10 ? "de" : "en")],
            findings: number % 10 == 0 ? [finding("pii", "email"), finding("injection")] : [])
    }
    try store.append(all, from: log, cursor: "x")
    func ids(_ query: InteractionQuery) throws -> [String] { try store.interactions(query).map(\.interaction.id) }
    #expect(try ids(.init(model: ModelName("n"), limit: 2)) == ["i29", "i27"])
    #expect(try ids(.init(from: at(4), to: at(6))) == ["i6", "i5", "i4"])
    #expect(try ids(.init(feature: "length", least: 27.5)) == ["i30", "i29", "i28"])
    #expect(try ids(.init(feature: "length", least: 2, most: 3)) == ["i3", "i2"])
    #expect(try ids(.init(feature: "language", word: "de", limit: 1)) == ["i9"])
    #expect(try ids(.init(feature: "missing")) == [])
    #expect(try ids(.init(finding: "")) == ["i30", "i20", "i10"])
    #expect(try ids(.init(finding: "pii/email", limit: 1)) == ["i30"])
    #expect(try ids(.init(finding: "pii/phone")) == [])
    #expect(try ids(.init(text: "100% SURE_")) == ["i7"])
    #expect(try ids(.init(text: "%")) == ["i7"], "it is what was typed, not a pattern")
    #expect(try ids(.init(connection: ConnectionName("other"))) == [])
    var seen: [String] = []
    var query = InteractionQuery(limit: 7)
    while true {
        let page = try store.interactions(query)
        seen += page.map(\.interaction.id)
        guard let last = page.last else { break }
        query.before = last.row
    }
    #expect(seen == (1...30).reversed().map { "i\($0)" })
    #expect(try store.interaction("i7", of: log)?.interaction.id == "i7")
    #expect(try store.interaction("i7", of: ConnectionName("other")) == nil)
}

@Test("the oldest exchanges go when there are too many or they take too much, with what was found in them")
func bounded() throws {
    let store = try Store.inMemory()
    try store.append(
        (1...3000).map { exchange($0, response: String(repeating: "x", count: 100), findings: [finding("d")]) },
        from: log, cursor: "x")
    let full = try store.interactionSize()
    #expect(full.rows == 3000)
    try store.pruneInteractions(maxRows: 2500, maxBytes: .max)
    #expect(try store.interactionSize().rows == 2500)
    let half = full.bytes / 2
    try store.pruneInteractions(maxRows: 2500, maxBytes: half)
    let left = try store.interactionSize()
    #expect(left.bytes <= half && left.rows > 1000, "\(left)")
    let kept = try store.interactions(InteractionQuery(limit: 10_000))
    #expect(kept.count == left.rows)
    #expect(kept.first?.interaction.id == "i3000")
    #expect(try store.findingTallies(now: at(3000)).first?.lastDay == left.rows)
    try store.pruneInteractions(maxRows: 0, maxBytes: 0)
    #expect(try store.interactionSize() == (0, 0))
}

@Test("a person's word on a finding is on the disk when the call returns, and can be taken back")
func labels() throws {
    let folder = Folder()
    var store: Store? = try Store.open(folder: folder.path)
    let one = exchange(1, findings: [finding("injection"), finding("injection", at: 9), finding("pii", "email")])
    try store?.append([one], from: log, cursor: "x")
    let keys = one.findings.map { FindingKey($0.finding, in: one.interaction) }
    try store?.record(FindingLabel(at: at(1), author: "ana", isTrue: true), of: keys[0])
    try store?.record(FindingLabel(at: at(2), author: "ana", isTrue: false), of: keys[1])
    try store?.record(FindingLabel(at: at(3), author: "bo", isTrue: true), of: keys[2])
    try store?.record(FindingLabel(at: at(4), author: "bo", isTrue: nil), of: keys[2])
    store = nil
    let again = try Store.open(folder: folder.path)
    let found = try #require(try again.interactions(InteractionQuery()).first)
    #expect(found.findings.map(\.label?.isTrue) == [true, false, nil])
    #expect(found.findings.first?.label?.author == "ana")
    let tallies = try again.findingTallies(now: at(10))
    #expect(tallies.map(\.detector) == ["injection", "pii"])
    #expect(tallies[0].right == 1 && tallies[0].wrong == 1 && tallies[0].lastHour == 2)
    #expect(tallies[0].exchangesLastHour == 1)
    #expect(tallies[1].right == 0 && tallies[1].wrong == 0)
    #expect(try again.auditTrail().map(\.what).suffix(2) == ["finding is right", "finding's label taken back"])
    // What people said outlives the cache.
    try again.pruneInteractions(maxRows: 0, maxBytes: 0)
    #expect(try again.findingTallies(now: at(10)).first?.right == 1)
}

@Test("exchanges are counted by model, and by how long ago they were")
func tallies() throws {
    let store = try Store.inMemory()
    try store.append((1...10).map { exchange($0 * 1000) } + [exchange(1, model: nil)], from: log, cursor: "x")
    let found = try store.interactionTallies(now: at(10_000))
    #expect(found.map(\.model) == [nil, ModelName("m")])
    #expect(found.last?.kept == 10)
    #expect(found.last?.lastHour == 4)
    #expect(found.last?.oldest == at(1000))
    #expect(found.last?.newest == at(10_000))
    #expect(try store.features(of: ModelName("m"), from: at(0), to: at(5000)).count == 4)
}

@Test("what is searched for is found in either case of letters, wherever it stands, and no longer when it is gone")
func searching() throws {
    let store = try Store.inMemory()
    let words = [
        "The parcel is lost", "PARCELS everywhere", "say \"hello\"", "Straße und Ärger", "no match at all", "ab",
    ]
    try store.append(
        words.enumerated().map { exchange($0.offset, response: $0.element) }, from: log, cursor: "x")
    func found(_ text: String) throws -> [String] {
        try store.interactions(.init(text: text)).map(\.interaction.id)
    }
    #expect(try found("parcel") == ["i1", "i0"])
    #expect(try found("arce") == ["i1", "i0"])
    #expect(try found("\"HELLO\"") == ["i2"])
    #expect(try found("straße") == ["i3"])
    #expect(try found("Ärger") == ["i3"])
    #expect(try found("ab") == ["i5"], "too short for the index")
    #expect(try found("a_c") == [])
    #expect(try found("OR NOT \" AND *") == [])
    #expect(try found("prompt 4") == ["i4"])
    try store.pruneInteractions(maxRows: 5, maxBytes: .max)
    #expect(try found("parcel") == ["i1"])
    try store.append([exchange(0, response: "another parcel")], from: log, cursor: "y")
    #expect(try found("parcel") == ["i1", "i0"])
}
