import Foundation
import PitEngine
import PitGrid
import PitModel
import PitStatistics

/// What was found in documents and answered from them, as text and for scripts.
enum KnowledgeReport {
    static func text(_ page: KnowledgePage, now: Timestamp) -> String {
        var lines: [String] = []
        var cited: [Int]?
        switch page.outcome {
        case .answered(let answer):
            lines += body(answer) + [""]
            cited = answer.cited
        case .nothing:
            lines.append("Nothing was found in \(page.status.documents) documents: no model was asked.")
        case .asking, .noModel, .failed: break
        }
        let whole = cited == nil
        if !page.hits.isEmpty { lines.append(whole ? "Passages" : "Sources") }
        for (place, hit) in page.hits.enumerated() {
            let mark = cited.map { $0.contains(place + 1) ? "" : "  (not cited)" } ?? ""
            lines.append("  [\(place + 1)] \(source(hit, now: now))\(mark)")
            if whole {
                lines += hit.passage.text.split(separator: "\n", omittingEmptySubsequences: false).map { "      \($0)" }
                lines.append("")
            }
        }
        lines.append(index(page.status, now: now))
        return lines.map(Terminal.safe).joined(separator: "\n")
    }

    private static func body(_ answer: KnowledgeAnswer) -> [String] {
        if answer.isDeclined { return ["The passages do not answer this, says \(answer.model)."] }
        var lines = answer.marked.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if !answer.unknown.isEmpty {
            let numbers = answer.unknown.map { "[\($0)?]" }.joined(separator: ", ")
            lines += ["", "\(numbers): no passage with that number was given. Do not rely on what stands before it."]
        }
        if answer.cited.isEmpty { lines += ["", "No passage is cited: nothing in the folder backs this."] }
        if answer.isCut { lines += ["", "The answer broke off: it is longer than allowed."] }
        return lines
    }

    static func source(_ hit: KnowledgeHit, now: Timestamp) -> String {
        var text = hit.passage.place
        if !hit.passage.headings.isEmpty { text += "  \(hit.passage.headings.joined(separator: " > "))" }
        if let changed = hit.changed { text += "  (changed \(Figures.age(now.since(changed))) ago)" }
        return text
    }

    static func index(_ status: KnowledgeStatus, now: Timestamp) -> String {
        guard let at = status.indexedAt else { return "index: never read" }
        var text = "index: \(status.documents) documents, \(status.passages) passages, read "
        text += "\(Figures.age(now.since(at))) ago"
        if let newest = status.newest { text += "; the newest file changed \(Figures.age(now.since(newest))) ago" }
        return text
    }

    static func json(_ page: KnowledgePage) throws -> String {
        func optional(_ value: Any?) -> Any { value ?? NSNull() }
        var object: [String: Any] = [
            "question": page.question, "notes": page.notes, "index": status(page.status), "answer": NSNull(),
            "error": NSNull(),
        ]
        var cited: Set<Int> = []
        switch page.outcome {
        case .answered(let answer):
            cited = Set(answer.cited)
            object["answer"] = [
                "text": answer.text, "cited": answer.cited, "unknown": answer.unknown, "declined": answer.isDeclined,
                "cut": answer.isCut, "model": answer.model, "seconds": optional(answer.seconds),
            ]
        case .failed(let words, let hint): object["error"] = ["words": words, "hint": hint]
        case .nothing, .noModel, .asking: break
        }
        object["passages"] = page.hits.enumerated().map { place, hit -> [String: Any] in
            [
                "number": place + 1, "document": hit.passage.document, "headings": hit.passage.headings,
                "first_line": hit.passage.lines.lowerBound, "last_line": hit.passage.lines.upperBound,
                "text": hit.passage.text, "score": hit.score, "word_rank": optional(hit.wordRank),
                "meaning_rank": optional(hit.meaningRank), "changed": optional(hit.changed?.rfc3339),
                "cited": cited.contains(place + 1),
            ]
        }
        return try write(object)
    }

    static func write(_ object: Any) throws -> String {
        let data = try JSONSerialization.data(
            withJSONObject: object, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        return String(decoding: data, as: UTF8.self)
    }

    static func status(_ status: KnowledgeStatus) -> [String: Any] {
        func optional(_ value: Any?) -> Any { value ?? NSNull() }
        return [
            "folder": status.folder, "indexed_at": optional(status.indexedAt?.rfc3339),
            "documents": status.documents, "passages": status.passages, "bytes": status.bytes,
            "newest": optional(status.newest?.rfc3339), "embedding_model": optional(status.embeddingModel),
            "embedded": status.embedded, "skipped_count": status.skippedCount,
            "skipped": status.skipped.map { ["document": $0.document, "why": $0.why] },
        ]
    }

    static func hits(_ hits: [KnowledgeHit]) -> Report {
        Report(
            columns: [
                .init(key: "document", title: "DOCUMENT"), .init(key: "first_line", title: "LINE"),
                .init(key: "last_line", title: "TO"), .init(key: "headings", title: "UNDER"),
                .init(key: "score", title: "SCORE", isWide: true), .init(key: "word_rank", title: "BY WORDS"),
                .init(key: "meaning_rank", title: "BY MEANING"), .init(key: "changed", title: "CHANGED", isWide: true),
                .init(key: "text", title: "TEXT") { Report.plain($0).split { $0.isNewline }.joined(separator: " ") },
            ],
            rows: hits.map { hit in
                [
                    .text(hit.passage.document), .count(hit.passage.lines.lowerBound),
                    .count(hit.passage.lines.upperBound), .text(hit.passage.headings.joined(separator: " > ")),
                    .number(hit.score), hit.wordRank.map { .count($0) } ?? .none,
                    hit.meaningRank.map { .count($0) } ?? .none, .optional(hit.changed), .text(hit.passage.text),
                ]
            }, emptyText: "nothing was found")
    }

    static func quality(_ all: [(way: KnowledgeSearch.Way, quality: RetrievalQuality)]) -> Report {
        func row(_ way: KnowledgeSearch.Way, _ name: String, _ figure: RetrievalQuality.Figure, _ questions: Int)
            -> [Report.Value]
        {
            [
                .text(way.rawValue), .text(name), .number(figure.value), .optional(figure.interval?.lowerBound),
                .optional(figure.interval?.upperBound), .count(questions),
            ]
        }
        func short(_ value: Report.Value) -> String {
            if case .number(let number) = value { EvaluationScoring.short(number) } else { "--" }
        }
        return Report(
            columns: [
                .init(key: "found_by", title: "FOUND BY"), .init(key: "metric", title: "METRIC"),
                .init(key: "value", title: "VALUE", show: short), .init(key: "low", title: "LOW", show: short),
                .init(key: "high", title: "HIGH", show: short), .init(key: "questions", title: "QUESTIONS"),
            ],
            rows: all.flatMap { way, quality in
                quality.recall.map { row(way, "recall@\($0.k)", $0.figure, quality.questions) }
                    + [
                        row(way, "mrr", quality.reciprocalRank, quality.questions),
                        row(way, "ndcg@\(quality.recall.map(\.k).max() ?? 10)", quality.gain, quality.questions),
                    ]
            }, emptyText: "no question")
    }
}
