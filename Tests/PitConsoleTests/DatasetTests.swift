import PitConsole
import PitGrid
import PitModel
import Testing

/// Datasets as a shelf would give them.
enum DatasetWorlds {
    static let datasets: [Dataset] = [
        dataset("chats", 2, rows: 48_213, bytes: 61_400_000, ago: 400, "interactions", "with support-chat by v14"),
        dataset("shop-code", 1, rows: 812, bytes: 4_100_000, ago: 90_000, "git", "src/shop"),
        dataset("chats", 1, rows: 41_007, bytes: 52_000_000, ago: 700_000, "jsonl", "logs/chats\u{1B}[31m.jsonl"),
    ]

    private static func dataset(
        _ name: String, _ version: Int, rows: Int, bytes: Int, ago: Double, _ kind: String, _ place: String
    ) -> Dataset {
        var source = DatasetSource(kind, place)
        source.rows = rows
        if kind == "git" {
            (source.revision, source.license, source.skipped) = ("4f2a9c1e77aa", "LICENSE: Apache-2.0", 3)
        }
        return Dataset(
            name: name, version: version, hash: String(repeating: "c\(version)7f", count: 16), rows: rows, bytes: bytes,
            sources: [source], author: kind == "git" ? "ben" : "ana", at: noon.advanced(by: -ago))
    }

    static let profile: DatasetProfile = {
        var prompt = DatasetProfile.Column(
            name: "prompt", kind: "text", count: 48_213, missing: 0, distinct: 31_900, distinctIsExact: false,
            mean: 84.2, least: 3, median: 61, most: 4096)
        prompt.buckets = [8, 21, 24, 18, 11, 7, 4, 3, 2, 1, 0.5, 0.5].enumerated().map {
            .init(upTo: Double($0.offset + 1) * 25, share: $0.element / 100)
        }
        prompt.languages = [.init("en", 0.71), .init("de", 0.24), .init("fr", 0.05)]
        prompt.findings = [.init("email", 12), .init("phone", 3)]
        (prompt.sampled, prompt.outlierShare) = (512, 0.08)
        (prompt.perplexity, prompt.odd) = (
            5.3, [.init(line: 31_207, perplexity: 88, excerpt: "0x9f ]]{{ [email] \u{1B}[2J zq%")]
        )
        prompt.top = [.init("hello", 211), .init("Where is my\nparcel?", 87)]
        var latency = DatasetProfile.Column(
            name: "latency", kind: "number", count: 47_900, missing: 313, distinct: 9120, distinctIsExact: false,
            mean: 1.42, least: 0.08, median: 1.1, most: 31.5)
        latency.buckets = (0..<12).map { .init(upTo: Double($0 + 1) / 2, share: $0 < 6 ? 0.15 : 0.1 / 6) }
        let model = DatasetProfile.Column(
            name: "model", kind: "text", count: 48_213, missing: 0, distinct: 1, distinctIsExact: true, mean: 12,
            least: 12, median: 12, most: 12)
        var profile = DatasetProfile(
            rows: 48_213, columns: [prompt, latency, model],
            duplicates: .init(column: "prompt", exact: 2411, near: 964, rows: 48_213))
        profile.correlations = [
            .init("prompt", "latency", measure: "correlation ratio", strength: 0.62),
            .init("latency", "model", measure: "correlation ratio", strength: 0.04),
        ]
        return profile
    }()

    static func page(_ query: DatasetQuery) -> DatasetPage {
        guard let id = query.dataset else { return DatasetPage(datasets: datasets) }
        let found = datasets.filter { $0.id == id }
        guard !found.isEmpty else { return DatasetPage(datasets: []) }
        if let other = query.other {
            return DatasetPage(
                datasets: found,
                comparison: DatasetDifference(
                    columns: [
                        .init(
                            "prompt", method: "domain_classifier", statistic: 0.71, pValue: nil, drifted: true,
                            counts: (41_007, 48_213)),
                        .init(
                            "latency", method: "ks", statistic: 0.012, pValue: 0.41, drifted: false,
                            counts: (40_800, 47_900)),
                        .init("more", method: "--", statistic: nil, pValue: nil, drifted: nil, counts: (0, 0)),
                    ], onlyInFirst: [], onlyInSecond: other == "chats@2" ? ["release"] : []))
        }
        if id == "shop-code@1" { return DatasetPage(datasets: found, fault: "its file is gone: collect it again") }
        let sample = (0..<30).map { (number: Int) -> String in
            #"{"id": "r\#(number)", "prompt": "Where is my parcel \#(88_000 + number)?", "response": "On its way\u{1B}[2J."}"#
        }
        return DatasetPage(datasets: found, profile: profile, sample: sample)
    }
}

@Test("datasets are listed, filtered and sorted; enter opens one with its members, v its rows")
func opensDatasets() {
    var harness = Harness(Worlds.healthy, screen: "data")
    #expect(
        harness.text.contains("chats@2") && harness.text.contains("git src/shop"))
    #expect(!harness.text.contains("\u{1B}"))
    harness.press("/")
    harness.type("shop")
    harness.press("enter")
    #expect(!harness.text.contains("chats@2") && harness.text.contains("shop-code@1"))
    harness.press("enter")
    #expect(harness.text.contains("its file is gone: collect it again"))
    harness.press("esc esc g g enter")
    #expect(harness.text.contains("Dataset chats@2") && harness.text.contains("same prompt 5%, nearly 2%"))
    #expect(harness.text.contains("email 12, phone 3, of 512 looked at") && harness.text.contains("de 24%"))
    #expect(harness.text.contains("unlike the others: row 31207, 88: 0x9f") && !harness.text.contains("\u{1B}"))
    #expect(harness.text.contains("goes with: latency 0.62 (correlation ratio)"))
    harness.press("s s")
    #expect(harness.text.contains("sorted by missing"))
    harness.press("v j")
    #expect(harness.text.contains("parcel 88001?") && !harness.text.contains("\u{1B}"))
    harness.press("v")
    #expect(harness.text.contains("MEMBER"))
}

/// A census of `chats@2`, as far as it came.
private func census(_ stage: TokenCensus.Stage, isCounted: Bool = true) -> TokenCensus {
    var census = TokenCensus(dataset: "chats@2", target: PromptTrial.Target(ConnectionName("gateway")))
    (census.stage, census.rows, census.lookedAt) = (stage, 48_213, 1000)
    if isCounted {
        census.members = [
            .init(
                "prompt", texts: 1000, mean: 84.2, median: 61, p95: 310, most: 40_100, total: 4_059_000, limit: 32_768,
                over: 2),
            .init(
                "messages", texts: 900, mean: 210, median: 190, p95: 480, most: 900, total: 9_100_000, limit: nil,
                over: nil),
        ]
    }
    return census
}

/// Worlds.healthy with these servers of models.
private func serving(_ names: [String]) -> Snapshot {
    var world = Worlds.healthy
    world.connections = names.map { name in
        ConnectionState(
            name: ConnectionName(name), kind: "openai", url: "http://\(name)", capabilities: [], status: .ok,
            interval: 5)
    }
    return world
}

@Test("a dataset's tokens are counted by the one served model, or the one that is chosen; x stops it")
func countsTokens() {
    var harness = Harness(serving(["gateway"]), screen: "dataset", subject: "chats@2")
    harness.press("x")
    #expect(harness.text.contains("nothing is being counted"))
    harness.press("t")
    let target = PromptTrial.Target(ConnectionName("gateway"))
    #expect(harness.effects == [.countTokens(dataset: "chats@2", on: target)])
    harness.send(.tokens(census(.counting(120, of: 1900), isCounted: false)))
    #expect(harness.text.contains("tokens by gateway: 120 of 1900 texts counted   x stops"))
    harness.press("t")
    #expect(harness.text.contains("they are being counted; x stops it") && harness.effects.count == 1)
    harness.press("x")
    #expect(harness.effects.last == .stopTokens)
    harness.send(.tokens(census(.stopped, isCounted: false)))
    #expect(harness.text.contains("stopped. t counts again"))
    harness.send(.tokens(census(.broken("gateway: it refused the connection. Is it running?"), isCounted: false)))
    #expect(harness.text.contains("tokens by gateway: gateway: it refused the connection. Is it running?"))

    var several = Harness(serving(["gateway", "other"]), screen: "dataset", subject: "chats@2")
    several.press("t right enter enter")
    #expect(several.effects == [.countTokens(dataset: "chats@2", on: PromptTrial.Target(ConnectionName("other")))])
    several.press("t ctrl-u")
    several.type("gateway:b")
    several.press("enter enter")
    #expect(several.effects.last == .countTokens(dataset: "chats@2", on: .init(ConnectionName("gateway"), model: "b")))
    several.press("t ctrl-u")
    several.type("nobody")
    several.press("enter enter")
    #expect(several.text.contains("`nobody` is none of those that can count: gateway, other"))
    var none = Harness(serving([]), screen: "dataset", subject: "chats@2")
    none.press("t")
    #expect(none.text.contains("none can count: connect one of kind openai"))
}

@Test(
    "what was counted stands over the members, and beside the selected one's chart", arguments: [(80, 24), (120, 36)])
func showsTokens(_ width: Int, _ height: Int) throws {
    var harness = Harness(
        serving(["gateway", "other"]), screen: "dataset", subject: "chats@2", size: Size(width, height))
    harness.send(.tokens(census(.counting(120, of: 1900), isCounted: false)))
    try expectGolden(harness.frame, "dataset-tokens/counting@\(width)x\(height)")
    harness.send(.tokens(census(.done)))
    #expect(harness.text.contains("prompt ~4M (2 too long), messages ~9.1M"))
    #expect(harness.text.contains("p50 61, p95 310, most 40.1k"))
    #expect(harness.text.contains("2 of 1000 are over the model's 32768"))
    try expectGolden(harness.frame, "dataset-tokens/done@\(width)x\(height)")
    harness.press("t")
    try expectGolden(harness.frame, "dataset-tokens/asks@\(width)x\(height)")
}

@Test("two marked datasets are compared, the older first; one alone is not")
func comparesDatasets() {
    var harness = Harness(Worlds.healthy, screen: "data")
    harness.press("space c")
    #expect(harness.text.contains("mark two datasets with space first"))
    harness.press("G space c")
    #expect(harness.text.contains("Comparison chats@1 and chats@2") && harness.text.contains("1 of 3 columns differ"))
    #expect(harness.text.contains("only in chats@2: release") && harness.text.contains("not known"))
}

@Test("no dataset yet: it is said how to collect one")
func emptyDatasets() {
    var harness = Harness(Snapshot(), screen: "data")
    #expect(harness.text.contains("pitwall data collect NAME --from FILE_OR_FOLDER"))
    harness.press("enter")
    #expect(harness.text.contains("no dataset is selected"))
    #expect(Harness(Snapshot(), screen: "dataset").text.contains("No dataset was opened"))
    #expect(Harness(Snapshot(), screen: "dataset", subject: "x@1").text.contains("There is no dataset x@1 any more"))
    #expect(Harness(Snapshot(), screen: "dataset-comparison").text.contains("mark two with space"))
}
