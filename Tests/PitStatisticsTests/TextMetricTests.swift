import Foundation
import PitStatistics
import Testing

/// What sacreBLEU, rouge_score and NLTK said; `Tests/Tools/text_metrics_parity.py` writes the file.
private struct TextParity: Decodable {
    struct Whole: Decodable {
        var score: Double
        var signature: String
        var sys: Int?
        var ref: Int?
        var sentences: [Double]?
    }
    struct Case: Decodable {
        var name: String
        var hyps: [String]
        var refs: [[String]]
        var bleu: [String: Whole]
        var chrf: [String: Whole]
        var ter: Whole
        var cased: Whole
        var rouge: [String: [[Double]]]
        var rouge_stem: [String: [[Double]]]
    }
    var cases: [Case]
    var stems: [[String]]
    var tokens: [[String]]

    static let all: TextParity? = {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Fixtures/text-metrics-parity.json")
        return (try? Data(contentsOf: file)).flatMap { try? JSONDecoder().decode(TextParity.self, from: $0) }
    }()
}

struct TextMetricTests {
    private static let bleus: [String: Bleu] = [
        "13a-exp": Bleu(), "13a-none": Bleu(smoothing: .none), "13a-floor": Bleu(smoothing: .floor(0.1)),
        "13a-add-k": Bleu(smoothing: .addK(1)), "lc": Bleu(isLowercased: true), "none": Bleu(tokenizer: .none),
        "char": Bleu(tokenizer: .char), "intl": Bleu(tokenizer: .intl),
    ]
    private static let chrfs: [String: ChrF] = [
        "chrf": ChrF(), "chrf++": ChrF(wordOrder: 2), "eps": ChrF(wordOrder: 2, usesEpsilon: true),
        "space": ChrF(keepsSpace: true), "lc": ChrF(isLowercased: true),
    ]

    @Test func computesBleuAsSacreBleu() throws {
        let all = try #require(TextParity.all)
        for one in all.cases {
            let (hyps, refs) = (TextLines(one.hyps), one.refs.map { TextLines($0) })
            #expect(Set(one.bleu.keys) == Set(Self.bleus.keys))
            for (key, theirs) in one.bleu {
                let metric = try #require(Self.bleus[key])
                let mine = try metric.corpus(hyps, refs)
                #expect(isNear(mine.score, theirs.score), "\(one.name) \(key): \(mine.score), not \(theirs.score)")
                #expect(mine.counts.hypothesisLength == theirs.sys && mine.counts.referenceLength == theirs.ref)
                #expect(metric.signature(references: refs.count) == theirs.signature)
                var single = metric
                single.usesEffectiveOrder = true
                let counts = try single.segments(hyps, refs)
                for (index, score) in (theirs.sentences ?? []).enumerated() {
                    let own = single.score(counts[index]).score
                    #expect(isNear(own, score), "\(one.name) \(key) \(index): \(own), not \(score)")
                }
            }
        }
    }

    @Test func computesChrfAsSacreBleu() throws {
        for one in try #require(TextParity.all).cases {
            for (key, theirs) in one.chrf {
                let metric = try #require(Self.chrfs[key])
                let mine = try metric.corpus(TextLines(one.hyps), one.refs.map { TextLines($0) })
                #expect(isNear(mine, theirs.score), "\(one.name) \(key): \(mine), not \(theirs.score)")
                #expect(metric.signature(references: one.refs.count) == theirs.signature)
            }
        }
    }

    /// Segments of more different characters than fit into a byte go another way, to the same end.
    @Test func countsCharactersOfLargeAlphabetsAlike() throws {
        let wide = String(String.UnicodeScalarView((0x4E00..<0x4F80).compactMap { Unicode.Scalar($0) }))
        let narrow = String(String.UnicodeScalarView((0..<384).compactMap { Unicode.Scalar(0x61 + $0 % 20) }))
        let metric = ChrF()
        func score(_ text: String) throws -> Double {
            try metric.corpus(TextLines([String(text.prefix(300)) + text.suffix(20)]), [TextLines([text])])
        }
        #expect(try score(wide) > 50 && score(wide) < 100)
        #expect(try metric.corpus(TextLines([wide]), [TextLines([wide])]) == 100)
        #expect(try metric.corpus(TextLines([narrow]), [TextLines([narrow])]) == 100)
    }

    @Test func computesTerAsSacreBleu() throws {
        for one in try #require(TextParity.all).cases {
            let (hyps, refs) = (TextLines(one.hyps), one.refs.map { TextLines($0) })
            for (theirs, metric) in [
                (one.ter, TranslationEditRate()), (one.cased, TranslationEditRate(isCaseSensitive: true)),
            ] {
                #expect(isNear(try metric.corpus(hyps, refs), theirs.score), "\(one.name)")
                #expect(metric.signature(references: refs.count) == theirs.signature)
                for (index, counts) in try metric.segments(hyps, refs).enumerated() {
                    let score = theirs.sentences?[index]
                    #expect(isNear(metric.score(counts), score), "\(one.name) \(index): \(metric.score(counts))")
                }
            }
        }
    }

    @Test func computesRougeAsItsReferenceImplementation() throws {
        for one in try #require(TextParity.all).cases {
            let broken = { (texts: [String]) in TextLines(texts.map { $0.replacing(" x-y ", with: "\n") }) }
            for (theirs, stems) in [(one.rouge, false), (one.rouge_stem, true)] {
                let mine = try Rouge(stems: stems).segments(broken(one.hyps), one.refs.map(broken))
                for kind in Rouge.Kind.allCases {
                    let known = try #require(theirs[kind.rawValue])
                    for (index, score) in try #require(mine[kind]).enumerated() {
                        let values = [score.precision, score.recall, score.fmeasure]
                        #expect(
                            zip(values, known[index]).allSatisfy { isNear($0, $1) },
                            "\(one.name) \(kind) \(index): \(values), not \(known[index])")
                    }
                }
            }
        }
    }

    @Test func stemsAsNltk() throws {
        let stems = try #require(TextParity.all).stems
        #expect(stems.count > 600)
        for pair in stems { #expect(PorterStemmer.stem(pair[0]) == pair[1], "\(pair[0])") }
    }

    @Test func cutsWordsAsMteval() throws {
        for row in try #require(TextParity.all).tokens {
            #expect(BleuTokenizer.mteval13a.tokenized(row[0]) == row[1])
            #expect(BleuTokenizer.intl.tokenized(row[0]) == row[2])
        }
    }

    @Test func matchesAnswersAsSquad() {
        #expect(AnswerMatch.score("The cat!", ["cat"]) == .init(exact: 1, f1: 1))
        #expect(isNear(AnswerMatch.score("the cat sat", ["cat sat down"]).f1, 0.8))
        #expect(AnswerMatch.normalized("It's a  well-known.\tAn a. theory") == "its wellknown theory")
        #expect(AnswerMatch.score("", [""]) == .init(exact: 1, f1: 0))
        #expect(AnswerMatch.score("blue", ["red", "dark blue"]).f1 > 0.6)
    }

    @Test func readsLinesAsPythonDoes() throws {
        let lines = TextLines(splitting: Array("a b\r\nc\rd\n\ne".utf8) + [0xFF])
        #expect(lines.count == 5)
        #expect(String(decoding: lines[4], as: UTF8.self) == "e\u{FFFD}")
        #expect(throws: TextMetricFault.unequal(hypotheses: 1, references: 2)) {
            try Bleu().corpus(TextLines(["a"]), [TextLines(["a", "b"])])
        }
        #expect(throws: TextMetricFault.noReferences) { try ChrF().corpus(TextLines(["a"]), []) }
        #expect(throws: TextMetricFault.empty) { try Rouge().corpus(TextLines([]), [TextLines([])]) }
    }
}
