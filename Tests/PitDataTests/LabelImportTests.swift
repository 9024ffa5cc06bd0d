import Foundation
import PitData
import PitModel
import PitSafety
import Testing

@Suite struct LabelImportTests {
    private let files: Files
    init() throws { files = try Files() }

    private struct Read {
        var items: [JudgedItem] = []
        var report: LabelImport
    }

    private func read(
        _ name: String, _ text: String, _ format: LabelImport.Format? = nil, fields: [String: String] = [:]
    ) throws -> Read { try read(try files.write(name, text), format, fields: fields) }

    private func read(_ path: String, _ format: LabelImport.Format? = nil, fields: [String: String] = [:]) throws
        -> Read
    {
        var reader = try LabelImport(
            path, .init(format: format, queue: "brought", fields: fields, at: Timestamp(seconds: 1)))
        var items: [JudgedItem] = []
        while let page = try reader.next() { items += page }
        return Read(items: items, report: reader)
    }

    /// What each person said, without what an import makes anew.
    private func said(_ items: [JudgedItem]) -> Set<String> {
        Set(
            items.flatMap { item in
                item.judgements.compactMap { judgement in
                    judgement.value.map {
                        "\(item.id) \(judgement.author) \(judgement.question) \($0) \(item.target.messages) \(item.target.answers)"
                    }
                }
            })
    }

    @Test("what was exported as CSV or for Label Studio comes back as it was", arguments: ["csv", "labelstudio"])
    func roundTrip(_ id: String) throws {
        let format = try #require(labelFormatCatalog.first { $0.about.id == id })
        let folder = files.folder.appending(path: id).path
        let export = try LabelExport(
            format, LabelExportOptions(rubrics: LabelSamples.rubrics, version: LabelSamples.version), folder: folder)
        // Spreadsheets would take these for formulas.
        let odd = LabelSamples.item(50, [LabelSamples.user("=1+1")], ["-x, '=y"], [("ana", "why", .text("'quoted"))])
        let items = LabelSamples.items + [odd]
        try export.take(items)
        _ = try export.finish()
        let name = id == "csv" ? "train.csv" : "train.json"
        let back = try read("\(folder)/\(name)")
        #expect(back.report.badLineCount == 0 && back.report.format.rawValue == id)
        #expect(said(back.items) == said(items))
        #expect(
            back.items.allSatisfy { $0.queue == "brought" && $0.judgements.allSatisfy { $0.origin == .imported(id) } })
        // Once more gives the same ids, none twice.
        let ids = back.items.flatMap(\.judgements).map(\.id)
        #expect(Set(ids).count == ids.count)
        #expect(try read("\(folder)/\(name)").items == back.items)
    }

    @Test("a Label Studio export as its server writes it")
    func labelStudio() throws {
        let text = """
            [{"id": 7, "data": {"question": "Hi 👋?", "answer": "Yes 👋 sir"}, "annotations": [
              {"id": 1, "completed_by": {"id": 3, "email": "ana@example.org"}, "lead_time": 12.5, "created_at": "2026-01-02T03:04:05.678901Z",
               "was_cancelled": false, "result": [
                {"from_name": "quality", "to_name": "answer", "type": "choices", "value": {"choices": ["good"]}},
                {"from_name": "topic", "to_name": "answer", "type": "taxonomy", "value": {"taxonomy": [["a", "b"]]}},
                {"from_name": "stars", "to_name": "answer", "type": "rating", "value": {"rating": 4}},
                {"from_name": "corrected", "to_name": "answer", "type": "textarea", "value": {"text": ["Yes, sir"]}},
                {"from_name": "marks", "to_name": "answer", "type": "labels", "value": {"start": 4, "end": 6, "text": "👋", "labels": ["odd"]}},
                {"from_name": "box", "to_name": "x", "type": "rectanglelabels", "value": {"x": 1}}]},
              {"id": 2, "completed_by": 9, "was_cancelled": true, "result": []},
              {"id": 3, "completed_by": 9, "was_cancelled": false, "result": [{"from_name": "quality", "type": "choices", "value": {"choices": ["bad"]}}]}],
              "predictions": [{"model_version": "m", "result": []}]},
             {"id": 8, "data": 5}, nonsense, {"id": 9, "data": {"messages": [{"role": "user", "content": "a"}], "responses": ["x", "y"]},
              "annotations": [{"result": [{"from_name": "better", "type": "pairwise", "value": {"selected": "right"}}]}]}]
            """
        let back = try read("ls.json", text)
        #expect(back.report.format == .labelstudio && back.report.passedOver == 2)
        #expect(back.report.badLines.map(\.reason) == ["no task with `data`", "no JSON"])
        let first = try #require(back.items.first)
        #expect(first.id == "labelstudio/7" && first.target.answers == ["Yes 👋 sir"])
        let ana = first.judgements.filter { $0.author == "ana@example.org" }
        #expect(
            Dictionary(uniqueKeysWithValues: ana.map { ($0.question, $0.value) }) == [
                "quality": .choice("good"), "topic": .choice("a/b"), "stars": .number(4),
                "corrected": .correction("Yes, sir"),
                "marks": .spans([JudgedSpan(4, 8, tag: "odd", text: "👋")]),
            ])
        #expect(ana.allSatisfy { $0.seconds == 2.5 && $0.at.rfc3339 == "2026-01-02T03:04:05.678Z" })
        #expect(first.judgements.contains { $0.author == "labelstudio-9" && $0.value == .choice("bad") })
        #expect(back.items.last?.judgements.first?.value == .preference(.second))
    }

    @Test("Argilla's records, from its API and from its SDK")
    func argilla() throws {
        let api = """
            {"items": [{"id": "r1", "status": "completed", "fields": {"prompt": "Hé?", "response-1": "Wé are", "response-2": "B"},
              "metadata": {"model": "m"}, "updated_at": "2026-01-02T03:04:05",
              "responses": [{"values": {"label": {"value": "good"}, "rate": {"value": 3}, "rank": {"value": [{"value": "response-2", "rank": 1}, {"value": "response-1", "rank": 2}]},
                "span": {"value": [{"start": 0, "end": 2, "label": "odd"}]}, "many": {"value": ["x", "y"]}, "note": {"value": "too long a word"}},
                "status": "submitted", "user_id": "u1"}, {"values": {"label": {"value": "bad"}}, "status": "draft", "user_id": "u2"}],
              "suggestions": [{"question_name": "label", "value": "good"}]}], "total": 1}
            """
        let back = try read("argilla.json", api)
        let item = try #require(back.items.first)
        #expect(back.report.format == .argilla && back.report.passedOver == 2 && item.target.model == ModelName("m"))
        #expect(
            Dictionary(uniqueKeysWithValues: item.judgements.map { ($0.question, $0.value) }) == [
                "label": .choice("good"), "rate": .number(3), "rank": .ranking([1, 0]), "many": .choices(["x", "y"]),
                "span": .spans([JudgedSpan(0, 3, tag: "odd", text: "Wé")]), "note": .text("too long a word"),
            ])
        let sdk = """
            [{"id": "a", "fields": {"text": "T"}, "responses": {"label": [{"value": "good", "user_id": "u1"}, {"value": "bad", "user_id": "u2"}]}}]
            """
        #expect(
            try read("sdk.json", sdk).items.first?.judgements.map(\.value) == [.choice("bad"), .choice("good")]
                || read("sdk.json", sdk).items.first?.judgements.map(\.value) == [.choice("good"), .choice("bad")])
    }

    @Test("plain rows of JSON Lines and CSV, under names of their own")
    func rows() throws {
        let lines = """
            {"prompt": "a?", "completion": "b", "label": true}
            {"prompt": [{"role": "user", "content": "c?"}], "chosen": [{"role": "assistant", "content": "d"}], "rejected": [{"role": "assistant", "content": "e"}]}
            {"q": {"text": "f?"}, "response": "g", "who": "ana", "value": 4, "question": "stars"}
            not json
            {"response": "no value"}
            [1]
            {"messages": [{"role": "user", "content": "h"}, {"role": "assistant", "content": "i"}], "rating": 2, "annotator": "bo"}
            """
        let back = try read("rows.jsonl", lines, fields: ["prompt": "q.text", "author": "who"])
        #expect(back.report.badLines.map(\.number) == [4, 5, 6])
        let plain = try read("plain.jsonl", lines)
        #expect(
            plain.items.map { $0.judgements.first?.value } == [
                .choice("good"), .preference(.first), .number(4), .number(2),
            ])
        #expect(plain.items[1].target.answers == ["d", "e"])
        #expect(
            back.items.contains { $0.judgements.first?.question == "stars" && $0.judgements.first?.author == "ana" })
        let csv =
            "question,answer,annotator,label\r\nWhy?,\"Because,\nof\",ana,good\r\nWhy?,\"Because,\nof\",bo,bad\r\nshort\r\n"
        let table = try read("t.csv", csv)
        #expect(table.items.count == 1 && table.items[0].judgements.map(\.question) == ["label", "label"])
        #expect(table.items[0].target.messages == [Interaction.Message("user", "Why?")])
        #expect(table.report.badLineCount == 1)
        #expect(throws: DataFault.self) { try read("t.csv", csv, fields: ["nobody": "x"]) }
    }

    @Test("bytes that are nothing are counted and do no harm", arguments: LabelImport.Format.allCases)
    func hostile(_ format: LabelImport.Format) throws {
        for text in [
            "[", "]", "[[[", "{\"a\":", "[{\"data\":{}}", "\"", "[\"", "[,,,]", "}{", "[}]",
            String(repeating: "[", count: 100_000),
            "{\"data\":\(String(repeating: "{\"a\":", count: 10_000))", "\u{FEFF}[]", "a,b\n\"",
            "[{\"data\":{\"prompt\":\"x\"},\"annotations\":[{\"result\":[{}]}]}]",
        ] {
            let back = try read("hostile", text, format)
            #expect(back.items.isEmpty)
        }
        // Numbers that no integer holds.
        for number in ["1e300", "-1e300", "99999999999999999999", "0.1"] {
            let row =
                "{\"prompt\":\"a\",\"response\":\"b\",\"value\":\(number),\"seconds\":\(number),\"judged_at\":\(number)}\n"
            #expect(
                try read("numbers", row, .jsonl).items.first?.judgements.first?.value == .number(Double(number) ?? 0))
        }
        var random = Data((0..<200_000).map { _ in UInt8.random(in: 0...255) })
        random.insert(contentsOf: Data("[".utf8), at: 0)
        #expect(try read(try files.write("random", random), format).items.isEmpty)
        #expect(throws: DataFault.self) { try read("empty", " \n ", format) }
        #expect(throws: DataFault.self) { try read(files.folder.path, format) }
        let name = String(repeating: "n", count: 600)
        let long = try read(
            "long", "{\"prompt\":\"a\",\"response\":\"b\",\"value\":1,\"author\":\"\(name)\"}\n", .jsonl)
        #expect(long.items.isEmpty && long.report.badLines.first?.reason == "a name longer than 512 bytes")
    }

    @Test("an entry that is too long is passed over, and those behind it are read")
    func tooLong() throws {
        let huge = String(repeating: "x", count: 17 << 20)
        let good = "{\"prompt\":\"a\",\"response\":\"b\",\"label\":\"good\"}"
        let lines = try read("huge.jsonl", "\(good)\n{\"prompt\":\"\(huge)\"}\n\(good)\n")
        #expect(lines.report.badLineCount == 1 && lines.report.read == 2)
        let task =
            "{\"data\":{\"prompt\":\"a\",\"response\":\"b\"},\"annotations\":[{\"result\":[{\"from_name\":\"q\",\"type\":\"choices\",\"value\":{\"choices\":[\"x\"]}}]}]}"
        let list = try read("huge.json", "[\(task),{\"data\":\"\(huge)\"},\(task)]")
        #expect(list.report.badLineCount == 1 && list.report.read == 2)
    }
}
