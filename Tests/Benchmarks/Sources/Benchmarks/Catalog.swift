/// All benchmarks, in the order they run in.
let benchmarkCatalog: [any Benchmark.Type] = [
    ParseBenchmark.self,
    HTTPBenchmark.self,
    ScrapeBenchmark.self,
    StoreBenchmark.self,
    DayBenchmark.self,
    EventsBenchmark.self,
    LabelsBenchmark.self,
    DriftBenchmark.self,
    RulesBenchmark.self,
    SafetyBenchmark.self,
    StatisticsBenchmark.self,
    ResponseDriftBenchmark.self,
    StartBenchmark.self,
    KeysBenchmark.self,
    ConsoleBenchmark.self,
    HostileBenchmark.self,
]
