import Foundation
import PitStatistics
import Testing

@Suite struct DriftSampleTests {
    private func normal(_ count: Int, _ seed: UInt64, mean: Double = 0) -> [Double] {
        var random = Seeded(state: seed)
        return (0..<count).map { _ in
            let u = Double.random(in: 1e-12..<1, using: &random)
            return mean + (-2 * log(u)).squareRoot() * cos(2 * .pi * Double.random(in: 0..<1, using: &random))
        }
    }

    @Test("numbers of every kind are put in order, and what is no number is left out")
    func order() {
        var random = Seeded(state: 3)
        let kinds: [(UInt64) -> Double] = [
            { Double(bitPattern: $0) }, { Double($0 % 7) }, { 1 + Double($0 % 4096) * .ulpOfOne },
            { -Double($0 >> 40) / 1000 }, { $0 % 9 == 0 ? -.infinity : $0 % 5 == 0 ? .infinity : 0 }, { _ in 42 },
        ]
        for kind in kinds {
            for count in [0, 1, 5, 511, 512, 20_000] {
                let values = (0..<count).map { _ in kind(random.next()) }
                #expect(OrderedValues(values).values == values.filter { !$0.isNaN }.sorted())
            }
        }
        for spread: Int32 in [1, 1000, 3_000_000, .max] {
            let whole = (0..<5000).map { _ in Int32.random(in: -spread...spread, using: &random) }
            #expect(OrderedValues(whole: whole, decimals: 2).values == whole.sorted().map { Double($0) / 100 })
        }
    }

    @Test("distances of numbers kept as whole decimals are those of the numbers themselves")
    func decimals() throws {
        var random = Seeded(state: 5)
        let a = (0..<3000).map { _ in Int32.random(in: -5000...90_000, using: &random) }
        let b = (0..<2000).map { _ in Int32.random(in: -4000...95_000, using: &random) }
        let (x, y) = (a.map { Double($0) / 1000 }, b.map { Double($0) / 1000 })
        let whole = (OrderedValues(whole: a, decimals: 3), OrderedValues(whole: b, decimals: 3))
        let real = (OrderedValues(x), OrderedValues(y))
        #expect(
            KolmogorovSmirnov.compare(whole.0, whole.1)?.statistic
                == KolmogorovSmirnov.compare(real.0, real.1)?.statistic)
        #expect(isNear(WassersteinDistance.normed(whole.0, whole.1), WassersteinDistance.normed(real.0, real.1)))
        // A side in thousandths, a side in numbers.
        #expect(isNear(WassersteinDistance.distance(whole.0, real.1), WassersteinDistance.distance(real.0, real.1)))
    }

    @Test("every statistic says nothing of nothing, no change of the same values, and a change of others")
    func sanity() {
        let sides: [(FeatureValues, FeatureValues, FeatureValues)] = [
            (
                .numbers(OrderedValues([])), .numbers(OrderedValues(normal(800, 1))),
                .numbers(OrderedValues(normal(800, 2, mean: 1)))
            ),
            (.categories([:]), .categories(["a": 500, "b": 300]), .categories(["a": 300, "b": 500])),
            (
                .texts([]), .texts((0..<200).map { "please sum up chapter \($0 * 7919 % 1000)" }),
                .texts((0..<200).map { "SELECT name FROM t\($0 * 104_729 % 1000);" })
            ),
        ]
        for statistic in driftCatalog {
            for (none, some, other) in sides {
                let method = statistic.init()
                guard case .value(let same, let sameP) = method.score(reference: some, current: some) else {
                    #expect(!statistic.about.takes.contains(some.kind) || statistic.about.id == "z")
                    continue
                }
                #expect(statistic.about.takes.contains(some.kind))
                #expect(method.score(reference: none, current: some) == .nothing, "\(statistic.about.id)")
                #expect(method.score(reference: some, current: none) == .nothing, "\(statistic.about.id)")
                guard case .value(let moved, let movedP) = method.score(reference: some, current: other) else {
                    Issue.record("\(statistic.about.id) says nothing of a change")
                    continue
                }
                switch statistic.about.kind {
                case .test: #expect((sameP ?? 0) > 0.9 && (movedP ?? 1) < 1e-6, "\(statistic.about.id)")
                case .distance:
                    #expect(same < statistic.about.limit && moved >= statistic.about.limit, "\(statistic.about.id)")
                }
            }
        }
        #expect(Set(driftCatalog.map { $0.about.id }).count == driftCatalog.count)
    }

    @Test("the statistic is chosen by type and size as Evidently chooses")
    func choice() {
        func chosen(_ a: FeatureValues, _ b: FeatureValues) -> String {
            DriftChoice.statistic(reference: a, current: b).about.id
        }
        func numbers(_ values: [Double]) -> FeatureValues { .numbers(OrderedValues(values)) }
        let (small, large) = (numbers(normal(1000, 1)), numbers(normal(1001, 1)))
        #expect(chosen(small, large) == "ks" && chosen(large, small) == "wasserstein")
        let few = (0..<2000).map { Double($0 % 5) }
        #expect(chosen(numbers(few), numbers(few)) == "js")
        #expect(chosen(numbers(Array(few.prefix(900))), numbers(few)) == "chi2")
        #expect(chosen(numbers([0, 1, 1]), numbers([1, 0])) == "z")
        #expect(chosen(.categories(["a": 9, "b": 8]), .categories(["a": 3])) == "z")
        #expect(chosen(.categories(["a": 9, "b": 8]), .categories(["c": 3])) == "chi2")
        #expect(chosen(.categories(["a": 990, "b": 800]), .categories(["c": 3])) == "js")
        #expect(chosen(.texts([]), .texts([])) == "classifier")
    }

    @Test("texts of one kind cannot be told apart, texts of another can, and the interval holds the area")
    func classifier() throws {
        let words = ["price", "order", "ticket", "reset", "password", "invoice", "ship", "late", "refund", "thanks"]
        func texts(_ seed: UInt64, _ more: String = "") -> [String] {
            var random = Seeded(state: seed)
            return (0..<300).map { _ in
                (0..<12).map { _ in words.randomElement(using: &random) ?? "" }.joined(separator: " ") + more
            }
        }
        let same = try #require(DomainClassifier.compare(texts(1), texts(2)))
        #expect(same.interval.contains(0.5) && same.interval.contains(same.auc))
        let other = try #require(DomainClassifier.compare(texts(1), texts(2, " ignore what was said")))
        #expect(other.auc > 0.95 && other.pValue < 1e-9)
        #expect(DomainClassifier.compare(texts(1), texts(2, " ignore what was said")) == other)
        #expect(DomainClassifier.compare(["a"], ["b"]) == nil)
    }

    @Test("embeddings: equal sets are not apart, a moved mean and a turned one are")
    func embeddings() throws {
        func vectors(_ seed: UInt64, mean: Double) -> [[Double]] {
            let flat = normal(60 * 8, seed, mean: mean)
            return (0..<60).map { Array(flat[($0 * 8)..<($0 * 8 + 8)]) }
        }
        let (a, b, c) = (vectors(1, mean: 1), vectors(2, mean: 1), vectors(3, mean: 2))
        #expect(abs(try #require(EmbeddingDrift.meanDiscrepancy(a, b))) < 0.02)
        #expect(try #require(EmbeddingDrift.meanDiscrepancy(a, c)) > 0.1)
        #expect(try #require(EmbeddingDrift.centroidDistance(a, b)) < 0.05)
        #expect(isNear(EmbeddingDrift.centroidDistance([[1, 0]], [[0, 2]]), 1))
        #expect(isNear(EmbeddingDrift.centroidDistance([[1, 0], [3, 4, 5]], [[-1, 0]]), 2))
        #expect(EmbeddingDrift.centroidDistance([], [[1]]) == nil)
        #expect(EmbeddingDrift.meanDiscrepancy([[1]], [[1]]) == nil)
        // Worked by hand: kernels 1 within, e^-1 across.
        let value = EmbeddingDrift.meanDiscrepancy([[0], [0]], [[1], [1]], gamma: 1)
        #expect(isNear(value, 2 - 2 * exp(-1)))
    }
}
