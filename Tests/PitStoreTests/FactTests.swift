import PitModel
import PitStore
import Testing

@Suite struct FactTests {
    private static func texts(_ facts: [Fact]) -> [String: String] {
        Dictionary(
            facts.map { ($0.key, String(decoding: $0.body, as: UTF8.self)) }, uniquingKeysWith: { $0 + "|" + $1 })
    }

    @Test("whatever happened, the facts of any moment are those that held then", arguments: [1, 2, 3] as [UInt64])
    func anyMoment(seed: UInt64) throws {
        var random = Seeded(state: seed)
        let folder = Folder()
        // What was said at which moment, of each scope.
        var said: [(at: Double, scope: String, facts: [String: String])] = []
        var appearances: [String: Int] = [:]
        var now = 0.0
        do {
            var store = try Store.open(folder: folder.path)
            var last: [String: [String: String]] = [:]
            for round in 0..<400 {
                now += pow10(Double.random(in: -2...5, using: &random))
                let scope = ["a/", "b/", "ab/"][Int.random(in: 0...2, using: &random)]
                var facts: [String: String] = [:]
                for key in 0..<6 where Bool.random(using: &random) {
                    facts["\(scope)\(key)"] = "\(Int.random(in: 0...2, using: &random))"
                }
                for key in facts.keys where last[scope]?[key] == nil { appearances[key, default: 0] += 1 }
                last[scope] = facts
                said.append((now, scope, facts))
                try store.replace(.alert, scope: scope, with: facts.map { ($0, Array($1.utf8)) }, at: at(now))
                if round % 100 == 99 { store = try Store.open(folder: folder.path) }
            }
        }
        let store = try Store.open(folder: folder.path)
        func expected(_ moment: Double) -> [String: String] {
            var held: [String: [String: String]] = [:]
            for what in said where at(what.at) <= at(moment) { held[what.scope] = what.facts }
            return held.values.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
        }
        for _ in 0..<300 {
            let moment = Double.random(in: -10...now + 10, using: &random)
            #expect(Self.texts(try store.facts(.alert, at: at(moment))) == expected(moment))
        }
        for what in said.suffix(100) {
            #expect(Self.texts(try store.facts(.alert, at: at(what.at))) == expected(what.at))
        }
        #expect(Self.texts(try store.facts(.alert, at: nil)) == expected(now + 1))
        #expect(try store.facts(.silence, at: nil).isEmpty)
        #expect(try store.appearances(.alert, since: at(-1)) == appearances)
    }

    private func pow10(_ power: Double) -> Double { (0..<10).reduce(1.0) { x, _ in x * (1 + power * 0.2303) } }

    @Test("a clock that goes back leaves no two facts under one key")
    func clockBack() throws {
        let store = try Store.inMemory()
        for (seconds, body) in [(100.0, "1"), (50, "2"), (120, "3")] {
            try store.replace(.model, scope: "", with: [("m", Array(body.utf8))], at: at(seconds))
        }
        #expect(Self.texts(try store.facts(.model, at: nil)) == ["m": "3"])
        #expect(Self.texts(try store.facts(.model, at: at(60))) == ["m": "2"])
        #expect(Self.texts(try store.facts(.model, at: at(130))) == ["m": "3"])
    }

    @Test("of a key that is given twice the first counts")
    func twice() throws {
        let store = try Store.inMemory()
        try store.replace(.silence, scope: "a/", with: [("a/1", [1]), ("a/1", [2])], at: at(0))
        #expect(try store.facts(.silence, at: nil).map(\.body) == [[1]])
    }

    @Test("the snapshot for the next start is the last one saved")
    func latest() throws {
        let folder = Folder()
        #expect(try Store.open(folder: folder.path).latest("models") == nil)
        try Store.open(folder: folder.path).saveLatest("models", [1, 2])
        try Store.open(folder: folder.path).saveLatest("models", [3, 0, 255])
        #expect(try Store.open(folder: folder.path).latest("models") == [3, 0, 255])
    }

    @Test("signals that are known to be at least so large are given back as such")
    func atLeast() throws {
        let store = try Store.inMemory()
        let model = ModelName("m")
        try store.record([.ttftP95: Measure(1)], of: model, at: at(0))
        try store.record([.ttftP95: Measure(2.5, isAtLeast: true), .waiting: Measure(3)], of: model, at: at(10))
        #expect(
            try store.signals(of: model, at: at(15), within: 60)?.1
                == [.ttftP95: Measure(2.5, isAtLeast: true), .waiting: Measure(3)])
        try store.record([.ttftP95: Measure(1.5)], of: model, at: at(20))
        #expect(try store.signals(of: model, at: at(25), within: 60)?.1 == [.ttftP95: Measure(1.5)])
        #expect(try store.signals(of: model, at: at(25), within: 60)?.0 == at(20))
        let query = HistoryQuery(model: model, signals: [.ttftP95], span: 30, end: at(30), points: 3)
        #expect(try store.history(query, now: at(30)).values[.ttftP95] == [1, 2.5, 1.5])
    }

    @Test("a step keeps the largest of times and the mean of others; senseless spans are borne")
    func steps() throws {
        let store = try Store.inMemory()
        let model = ModelName("m")
        for (i, value) in [1.0, 9, 2].enumerated() {
            try store.record([.ttftP95: Measure(value), .waiting: Measure(value)], of: model, at: at(Double(i)))
        }
        try store.record([.ttftP95: Measure(.nan), .waiting: Measure(.infinity)], of: model, at: at(3))
        let query = HistoryQuery(model: model, signals: [.ttftP95, .waiting], span: 10, end: at(10), points: 1)
        let history = try store.history(query, now: at(10))
        #expect(history.values == [.ttftP95: [9], .waiting: [4]])
        for span in [Double.nan, .infinity, -5, 0, 1e300] {
            let query = HistoryQuery(model: model, signals: [.waiting], span: span, end: at(10), points: -3)
            #expect(try store.history(query, now: at(10)).values[.waiting]?.count == 1)
        }
    }
}
