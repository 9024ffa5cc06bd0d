import Foundation
import PitModel
import PitSafety

/// All detectors over many exchanges, and what they find in what is labelled, beside Presidio's pattern recognizers.
struct SafetyBenchmark: Benchmark {
    static let name = "safety"

    private static let count = 100_000

    func run(_ bench: Bench) throws -> [Figure] {
        var chat = PlantedChat(seed: 11)
        let exchanges = (0..<Self.count).map { chat.exchange($0) }
        let bytes = Double(exchanges.reduce(0) { $0 + $1.textBytes })
        let seconds = Bench.cpu(times: 3) { keep(ExchangeScanner().findings(in: exchanges)) }
        let private_ = Bench.cpu(times: 3) {
            for exchange in exchanges {
                keep(Redaction.everything.spans(in: exchange.prompt))
                keep(Redaction.everything.spans(in: exchange.response ?? ""))
            }
        }
        let texts = (0..<2000).map { _ in chat.text(1000) }
        let peer = try Presidio.run(bench, texts)
        let rate = bytes / 1e6 / seconds
        var figures = [
            Figure(
                work: "all detectors over \(Self.count) exchanges of 1 KB", unit: "MB/s", ours: rate,
                peer: peer.rate, peerName: "Presidio, default patterns", better: .higher, goal: .value(60)),
            Figure(
                work: "what is private, the same", unit: "MB/s", ours: bytes / 1e6 / private_,
                peer: peer.fiveRate, peerName: "Presidio, five cheapest", better: .higher, goal: .none),
        ]
        let ours = Score(texts) { text in
            Redaction.everything.spans(in: text.text).map { ($0.kind.rawValue, $0.range) }
        }
        var place = 0
        let theirs = Score(texts) { _ in
            defer { place += 1 }
            return peer.spans[place]
        }
        figures.append(
            Figure(
                work: "private things found (recall)", unit: "share", ours: ours.recall, peer: theirs.recall,
                peerName: "Presidio", better: .higher, goal: .ratio(1), note: "of \(ours.planted) planted"))
        figures.append(
            Figure(
                work: "found that are private (precision)", unit: "share", ours: ours.precision,
                peer: theirs.precision, peerName: "Presidio", better: .higher, goal: .ratio(1),
                note: "kinds: \(PlantedChat.kinds.joined(separator: ", "))"))
        return figures + (try labelled(bench))
    }

    private struct Line: Decodable {
        var found: [String]
        var side: Finding.Side
        var text: String
        var system: String?
        var role: String?
    }

    /// Precision and recall of each detector in the tests' labelled texts.
    private func labelled(_ bench: Bench) throws -> [Figure] {
        let file = bench.package.appending(path: "../PitSafetyTests/Fixtures/labelled.jsonl")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map {
            try JSONDecoder().decode(Line.self, from: Data($0.utf8))
        }
        let scanner = ExchangeScanner()
        var counts: [String: (right: Int, wrong: Int, missed: Int)] = [:]
        for (number, line) in lines.enumerated() {
            var messages = line.system.map { [Interaction.Message("system", $0)] } ?? []
            messages.append(.init(line.role ?? "user", line.side == .prompt ? line.text : "hello"))
            let exchange = Interaction(
                id: "\(number)", connection: ConnectionName("b"), at: Timestamp(seconds: Double(number) * 4000),
                messages: messages, response: line.side == .response ? line.text : nil)
            let found = Set(scanner.findings(in: exchange).map(\.detector))
            let wanted = Set(line.found.compactMap { $0.split(separator: "/").first.map(String.init) })
            for detector in found.union(wanted) {
                var count = counts[detector] ?? (0, 0, 0)
                if !wanted.contains(detector) { count.wrong += 1 } else if found.contains(detector) { count.right += 1 }
                if !found.contains(detector) { count.missed += 1 }
                counts[detector] = count
            }
        }
        return counts.sorted { $0.key < $1.key }.map { detector, count in
            let precision = Double(count.right) / Double(max(1, count.right + count.wrong))
            let recall = Double(count.right) / Double(max(1, count.right + count.missed))
            return Figure(
                work: "\(detector): precision in \(lines.count) labelled texts", unit: "share", ours: precision,
                better: .higher, goal: .none,
                note:
                    "recall \(Table.short(recall)); \(count.right) right, \(count.wrong) wrong, \(count.missed) missed")
        }
    }
}

/// How well what was planted is found.
private struct Score {
    var planted = 0
    private var found = 0
    private var right = 0
    private var told = 0
    var recall: Double { Double(found) / Double(max(1, planted)) }
    var precision: Double { Double(right) / Double(max(1, told)) }

    init(_ texts: [PlantedText], _ find: (PlantedText) -> [(String, Range<Int>)]) {
        for text in texts {
            let spans = find(text).filter { PlantedChat.kinds.contains($0.0) }
            planted += text.planted.count
            told += spans.count
            found += text.planted.count { wanted in
                spans.contains { $0.0 == wanted.kind && $0.1.overlaps(wanted.range) }
            }
            right += spans.count { span in
                text.planted.contains { $0.kind == span.0 && $0.range.overlaps(span.1) }
            }
        }
    }
}

/// Presidio's recognizers, run by `presidio.py` over the same texts.
private struct Presidio {
    var rate: Double
    var fiveRate: Double
    var spans: [[(String, Range<Int>)]]

    private struct Answer: Decodable {
        struct Span: Decodable {
            var kind: String
            var start: Int
            var end: Int
        }
        var default_mb_s: Double
        var five_mb_s: Double
        var spans: [[Span]]
    }

    static func run(_ bench: Bench, _ texts: [PlantedText]) throws -> Presidio {
        let file = bench.room.appending(path: "texts.json")
        try JSONEncoder().encode(texts.map(\.text)).write(to: file)
        let script = bench.package.appending(path: "presidio.py").path
        let outcome = try bench.run(bench.presidio, [script, file.path])
        let answer = try JSONDecoder().decode(Answer.self, from: Data(outcome.output.utf8))
        return Presidio(
            rate: answer.default_mb_s, fiveRate: answer.five_mb_s,
            spans: answer.spans.map { $0.map { ($0.kind, $0.start..<$0.end) } })
    }
}

struct PlantedText {
    var text: String
    var planted: [(kind: String, range: Range<Int>)]
}

/// Chat of a shop with private things planted in it, and with what only looks like them. All ASCII.
private struct PlantedChat {
    static let kinds = ["email", "card", "iban", "ssn", "ip", "phone", "nhs", "crypto", "mac"]

    private var state: UInt64

    init(seed: UInt64) { state = seed }

    private mutating func number(_ below: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % below
    }

    private static let words = """
        the of and order parcel model answer please thank you can have a question about my invoice from last week which \
        was sent on monday to the address in the north and cost more than I paid for it so what should be done now when \
        nobody picks up at the depot (see above) or the shop; also, by the way, it rained. Could somebody look at it?
        """.split(separator: " ").map(String.init)

    private static let lookalikes = [
        "order 4111 1111 1111 1112", "on 2026-11-24 at 10:31", "version 1.2.3.4.5", "invoice 1234567890123",
        "ticket 88231-4", "10:45:30", "price 1,299.00", "item 20 7946", "https://shop.example/i?id=42", "a::b",
    ]

    private mutating func digits(_ count: Int) -> String { (0..<count).map { _ in "\(number(10))" }.joined() }

    private mutating func planted() -> (String, String) {
        switch number(9) {
        case 0: return ("email", "\(Self.words[number(20)].filter(\.isLetter)).\(digits(2))@example\(number(9)).com")
        case 1: return ("card", Self.withCheck("4\(digits(14))"))
        case 2: return ("iban", Self.iban("DE", digits(18)))
        case 3: return ("ssn", "\(100 + number(500))-\(10 + number(80))-\(1000 + number(8000))")
        case 4: return ("ip", "203.\(number(200)).\(number(200)).\(1 + number(200))")
        case 5:
            return (
                "phone",
                ["+44 20 7946 0\(digits(3))", "(415) 555-0\(digits(3))", "+49 30 901820\(digits(2))"][number(3)]
            )
        case 6: return ("nhs", Self.nhs(digits(8)))
        case 7: return ("crypto", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq")
        default:
            return (
                "mac",
                (0..<6).map { _ in ["0\(number(10))", "1A", "C\(number(10))"][number(3)] }.joined(separator: ":")
            )
        }
    }

    private static func withCheck(_ body: String) -> String {
        let values = body.reversed().compactMap(\.wholeNumberValue)
        let sum = values.enumerated().reduce(0) { sum, each in
            let double = each.element * 2
            return sum + (each.offset % 2 == 0 ? (double > 9 ? double - 9 : double) : each.element)
        }
        return body + "\((10 - sum % 10) % 10)"
    }

    private static func iban(_ country: String, _ body: String) -> String {
        let text = body + country + "00"
        let rest = text.reduce(0) { rest, letter in
            letter.isNumber
                ? (rest * 10 + (letter.wholeNumberValue ?? 0)) % 97
                : (rest * 100 + Int(letter.asciiValue ?? 65) - 55) % 97
        }
        let check = 98 - rest
        return country + (check < 10 ? "0" : "") + "\(check)" + body
    }

    /// Ten digits of which the last is right; another beginning where none would be.
    private static func nhs(_ body: String) -> String {
        for first in 4...9 {
            let digits = "\(first)\(body)"
            let sum = digits.compactMap(\.wholeNumberValue).enumerated().reduce(0) {
                $0 + $1.element * (10 - $1.offset)
            }
            let check = (11 - sum % 11) % 11
            guard check < 10 else { continue }
            let all = Array(digits + "\(check)")
            return "\(String(all[0..<3])) \(String(all[3..<6])) \(String(all[6...]))"
        }
        return "943 476 5919"
    }

    mutating func text(_ size: Int) -> PlantedText {
        var (text, planted): (String, [(String, Range<Int>)]) = ("", [])
        while text.utf8.count < size {
            switch number(90) {
            case 0:
                let (kind, thing) = self.planted()
                let start = text.utf8.count
                text += thing
                planted.append((kind, start..<text.utf8.count))
            case 1: text += Self.lookalikes[number(Self.lookalikes.count)]
            default: text += Self.words[number(Self.words.count)]
            }
            text += number(14) == 0 ? ".\n" : " "
        }
        return PlantedText(text: text, planted: planted.map { (kind: $0.0, range: $0.1) })
    }

    mutating func exchange(_ index: Int) -> Interaction {
        Interaction(
            id: "\(index)", connection: ConnectionName("b"), at: Timestamp(seconds: 1.8e9 + Double(index) / 10),
            messages: [
                .init("system", "You are the assistant of a shop. Answer kindly, in few words, and promise nothing."),
                .init("user", text(500).text),
            ], response: text(500).text, client: "client-\(number(2000))")
    }
}
