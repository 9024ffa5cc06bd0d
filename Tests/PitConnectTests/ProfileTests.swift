import PitConnect
import PitModel
import PitParse
import Testing

/// A page for each profile, and the quantities that its server has no series for on that page.
private let pages: [(profile: String, page: String, absent: Set<Quantity>)] = [
    ("vllm", "vllm", [.prefixHitRatio]), ("sglang", "sglang", []), ("tgi", "tgi", []),
    ("llamacpp", "llamacpp", [.kvCacheUse]),
    ("triton", "triton", []), ("trtllm", "trtllm", []), ("nim", "nim", []), ("kserve", "kserve", []),
    ("dcgm", "dcgm", []), ("trustyai", "trustyai", []),
    ("litellm", "litellm", [.queueTime, .failures, .ttft, .itl]),
]

@Test("every profile is detected on its server's page and finds what it claims", arguments: pages.map(\.profile))
func profile(id: String) throws {
    let entry = try #require(pages.first { $0.profile == id })
    let page = ExpositionParser.parse(try fixture("pages/\(entry.page).txt"))
    let keys = page.samples.map(\.series)
    let profile = try #require(ProfileDetection.detect(Set(keys.map(\.name)), among: profileCatalog))
    #expect(profile.id == id)
    for source in profile.sources where !entry.absent.contains(source.quantity) {
        let found = keys.contains { key in
            let isNamed = source.names.contains {
                key.name == $0 || source.kind == .histogram && key.name == "\($0)_bucket"
            }
            return isNamed && MatcherSet(source.matching).matches(key)
        }
        #expect(found, "\(id) has no \(source.quantity.rawValue): \(source.names)")
    }
}

@Test("every profile has a page here, and its ids stand once")
func everyProfile() {
    #expect(Set(pages.map(\.profile)) == Set(profileCatalog.map(\.id)))
    #expect(profileCatalog.count == Set(profileCatalog.map(\.id)).count)
}

@Test("a profile's selector is PromQL that names every series it reads", arguments: profileCatalog)
func selector(profile: MetricProfile) throws {
    let text = profile.selector(matching: [Matcher("model_name", "a\"b")])
    let matchers = try SelectorText.parse(text)
    #expect(matchers.contains(Matcher("model_name", "a\"b")))
    let set = MatcherSet(matchers.filter { $0.name == "__name__" })
    for name in profile.seriesNames { #expect(set.matches(SeriesKey(name)), "\(name)") }
    #expect(!set.matches(SeriesKey("go_goroutines")))
}

@Test("Ray's rewritten names are recognised")
func ray() {
    #expect(ProfileDetection.detect(["ray_vllm_num_requests_running"], among: profileCatalog)?.id == "vllm")
}
