import Foundation
import PitData
import PitModel
import PitSafety
import Testing

/// An export in a folder of its own, removed with it.
private struct Exported {
    let files = try? Files()
    var folder: String { files?.folder.appending(path: "out").path ?? "" }

    @discardableResult
    func run(
        _ format: any LabelFormat.Type, _ items: [JudgedItem] = LabelSamples.items, page: Int = 5,
        _ change: (inout LabelExportOptions) throws -> Void = { _ in }
    ) throws -> LabelExport.Summary {
        var options = LabelExportOptions(
            queue: "nightly", license: "apache-2.0", creator: "ana", task: "Answer customers",
            rubrics: LabelSamples.rubrics,
            version: LabelSamples.version)
        try change(&options)
        let export = try LabelExport(format, options, folder: folder)
        for start in stride(from: 0, to: items.count, by: page) {
            try export.take(Array(items[start..<min(items.count, start + page)]))
        }
        return try export.finish()
    }

    func data(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: "\(folder)/\(path)")) }
    func text(_ path: String) throws -> String { String(decoding: try data(path), as: UTF8.self) }
    func rows(_ path: String = "train.jsonl") throws -> [[String: Any]] {
        try text(path).split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }
    /// Every file by its path below the folder.
    func everything() throws -> [String: Data] {
        var all: [String: Data] = [:]
        for path in FileManager.default.subpaths(atPath: folder) ?? [] {
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: "\(folder)/\(path)", isDirectory: &isFolder)
            if !isFolder.boolValue { all[path] = try data(path) }
        }
        return all
    }
}

private func contents(_ row: [String: Any], _ key: String) -> [String] {
    (row[key] as? [[String: Any]] ?? []).compactMap { $0["content"] as? String }
}

@Suite struct LabelExportTests {
    private let out = Exported()

    @Test("the files of every format are as recorded", arguments: labelFormatCatalog.map { $0.about.id })
    func golden(_ id: String) throws {
        let format = try #require(labelFormatCatalog.first { $0.about.id == id })
        try out.run(format)
        let golden = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/labels/\(id)")
        let made = try out.everything()
        if ProcessInfo.processInfo.environment["PITWALL_RECORD"] != nil {
            try? FileManager.default.removeItem(at: golden)
            for (path, data) in made {
                let file = golden.appending(path: path)
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try data.write(to: file)
            }
        }
        let known = (FileManager.default.subpaths(atPath: golden.path) ?? []).filter { $0.contains(".") }
        #expect(Set(known) == Set(made.keys))
        for (path, data) in made {
            let recorded = try Data(contentsOf: golden.appending(path: path))
            #expect(String(decoding: data, as: UTF8.self) == String(decoding: recorded, as: UTF8.self), "\(path)")
        }
    }

    @Test("the manifest has the hash, the size and the rows of every file")
    func manifest() throws {
        try out.run(SFTFormat.self)
        let manifest = try #require(try JSONSerialization.jsonObject(with: out.data("manifest.json")) as? [String: Any])
        let files = try #require(manifest["files"] as? [[String: Any]])
        #expect(
            files.compactMap { $0["path"] as? String } == [
                "README.md", "messages/train.jsonl", "prompt_completion/train.jsonl",
            ])
        for file in files {
            let data = try out.data(file["path"] as? String ?? "")
            #expect(file["bytes"] as? Int == data.count)
            let sum = Process()
            sum.executableURL = URL(filePath: "/usr/bin/sha256sum")
            sum.arguments = ["\(out.folder)/\(file["path"] as? String ?? "")"]
            let pipe = Pipe()
            sum.standardOutput = pipe
            try sum.run()
            let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            #expect(said.hasPrefix(file["sha256"] as? String ?? "--"))
        }
        #expect(manifest["as_of"] as? String == LabelSamples.items.flatMap(\.judgements).map(\.at).max()?.rfc3339)
        let rubrics = try #require(manifest["rubrics"] as? [[String: Any]])
        #expect(rubrics.map { "\($0["name"] ?? "") \($0["version"] ?? "")" } == ["pairs 2", "ranks 1", "thumbs 1"])
    }

    @Test("preferences, rankings and corrections make pairs; ties and what nobody prefers are left out and counted")
    func pairs() throws {
        let summary = try out.run(DPOFormat.self)
        let rows = try out.rows()
        let pairs = rows.map { contents($0, "chosen") + contents($0, "rejected") }
        #expect(pairs.contains(["Tea.", "Coffee."]) && pairs.contains(["Dogs.", "Cats."]))
        // Both put the second first; of the others each said another order.
        #expect(pairs.filter { $0[0] == "two" } == [["two", "one"], ["two", "three"]])
        let corrected = try #require(rows.first { contents($0, "chosen") == ["Certainly: \(LabelSamples.hard)"] })
        #expect(contents(corrected, "prompt") == ["Be brief.", LabelSamples.hard])
        #expect(contents(corrected, "rejected") == ["I can't. \(LabelSamples.hard)"])
        #expect(rows.count == 5 && summary.rows == 5)
        #expect(summary.leftOut[.undecided] == 1)
    }

    @Test("an answer is good when more people say so; an adjudicator decides, and some may be asked to agree")
    func authors() throws {
        func labels(_ change: (inout LabelExportOptions) -> Void) throws -> ([String: Bool], LeftOut) {
            let out = Exported()
            let summary = try out.run(KTOFormat.self, LabelSamples.items, page: 5, change)
            let rows = try out.rows()
            return (
                Dictionary(
                    rows.map { (contents($0, "completion").first ?? "", $0["label"] as? Bool ?? false) },
                    uniquingKeysWith: { a, _ in a }), summary.leftOut
            )
        }
        let all = try labels { _ in }
        #expect(all.0["Nobody knows."] == nil && all.1[.tie] == 1)
        #expect(all.0["I can't. \(LabelSamples.hard)"] == false && all.0["Certainly: \(LabelSamples.hard)"] == true)
        #expect(try labels { $0.adjudicators = ["bo"] }.0["Nobody knows."] == false)
        #expect(try labels { $0.authors = ["ana"] }.0["Nobody knows."] == true)
        #expect(try labels { $0.authors = ["ana"] }.1[.otherAuthor] > 5)
        let two = try labels { $0.leastAgreeing = 2 }
        #expect(two.0["A little."] == nil && two.0["Use the link on the sign-in page."] == true)
        #expect(two.1[.fewAgree] > 6)
    }

    @Test("machines and repeats do not vote; of one person the later answer counts")
    func counting() throws {
        var item = LabelSamples.item(
            1, [LabelSamples.user("a?")], ["b"],
            [
                ("ana", "quality", .choice("bad")), ("ana", "quality", .choice("good")),
                ("bo", "quality", .choice("bad")),
                ("cy", "quality", .choice("bad")),
            ])
        item.judgements[2].origin = .machine("judge")
        item.judgements[3].isRepeat = true
        let summary = try out.run(SFTFormat.self, [item])
        #expect(summary.leftOut[.machine] == 1 && summary.leftOut[.repeated] == 1)
        #expect(try out.rows("messages/train.jsonl").count == 1)
    }

    @Test("a label is what the rubric says it is, for any rubric", arguments: 0..<40)
    func verdicts(_ seed: UInt64) throws {
        var random = SystemRandomNumberGenerator()
        let words = ["a", "b", "c", "d"]
        let rubric = Rubric(
            name: "any", title: "any",
            questions: (0..<3).map { number in
                Bool.random(using: &random)
                    ? RubricQuestion("q\(number)", title: "", kind: .rating(from: 1, to: 3 + number))
                    : RubricQuestion(
                        "q\(number)", title: "",
                        kind: .choice(
                            words.map {
                                RubricChoice($0, isGood: [true, false, nil].randomElement(using: &random) ?? nil)
                            }))
            })
        var values: [String: JudgedValue] = [:]
        for question in rubric.questions where Int.random(in: 0..<4, using: &random) > 0 {
            if case .rating = question.kind {
                values[question.id] = .number(Double(Int.random(in: 1...5, using: &random)))
            } else {
                values[question.id] = .choice(words.randomElement(using: &random) ?? "a")
            }
        }
        let item = LabelSamples.item(
            1, [LabelSamples.user("?")], ["!"], values.map { ("ana", $0.key, $0.value) }, rubric: rubric)
        let spare = LabelSamples.item(2, [LabelSamples.user("??")], ["!!"], [("ana", "quality", .choice("good"))])
        try out.run(KTOFormat.self, [item, spare]) { $0.rubrics.append(rubric) }
        let said = try out.rows().first { contents($0, "completion") == ["!"] }?["label"] as? Bool
        #expect(said == rubric.isGood(values))
    }

    @Test("OpenAI's last input is never an answer, and a conversation ends with one")
    func openAI() throws {
        let tool = LabelSamples.item(
            30, [LabelSamples.user("a"), Interaction.Message("tool", "b")], ["c"], [("ana", "quality", .choice("good"))]
        )
        let answered = LabelSamples.item(
            31, [LabelSamples.user("a"), Interaction.Message("ai", "b")], ["c"], [("ana", "quality", .choice("good"))])
        let summary = try out.run(OpenAIFormat.self, LabelSamples.items + [tool, answered])
        #expect(summary.leftOut[.toolMessages] == 1 && summary.leftOut[.endsWithAnswer] == 1)
        for row in try out.rows("chat/train.jsonl") {
            #expect((row["messages"] as? [[String: String]])?.last?["role"] == "assistant")
        }
        #expect(summary.warnings == ["preference/train.jsonl has 5 rows; OpenAI takes 10 at least"])
    }

    @Test("too few examples for InstructLab are refused, with why")
    func instructLab() throws {
        #expect(throws: DataFault.self) { try out.run(InstructLabFormat.self, Array(LabelSamples.items.prefix(5))) }
        do {
            try out.run(InstructLabFormat.self, Array(LabelSamples.items.prefix(5)))
        } catch let fault as DataFault {
            #expect(fault.summary == "InstructLab wants 5 examples at least, and there are 3")
            #expect(fault.hint.contains("items on which as many people said the one as the other: 1"))
        }
        // Nothing is left behind.
        #expect(try out.everything().isEmpty)
        #expect(throws: DataFault.self) {
            try out.run(InstructLabFormat.self) { $0.split = try DatasetSplit("a=0.5,b=0.5") }
        }
        #expect(throws: DataFault.self) { try out.run(InstructLabFormat.self) { $0.task = "" } }
    }

    @Test("knowledge has contexts with three questions each")
    func knowledge() throws {
        let items = (0..<18).map { number in
            LabelSamples.item(
                number,
                [
                    Interaction.Message("system", "Fact \(number / 3): water\nis wet."),
                    LabelSamples.user("Question \(number)?"),
                ],
                ["Answer \(number)."], [("ana", "quality", .choice("good"))])
        }
        let few = LabelSamples.item(
            90, [Interaction.Message("system", "Alone."), LabelSamples.user("Q?")], ["A."],
            [("ana", "quality", .choice("good"))])
        let summary = try out.run(InstructLabFormat.self, items + [few]) {
            $0.knowledge = .init(
                domain: "Water", outline: "What water is", repository: "https://example.org/w.git", commit: "abc",
                patterns: ["*.md"])
        }
        #expect(summary.leftOut[.fewQuestions] == 1)
        let text = try out.text("knowledge/nightly/qna.yaml")
        #expect(text.contains("  - context: |-\n      Fact 0: water\n      is wet.\n    questions_and_answers:\n"))
        #expect(text.components(separatedBy: "question:").count == 19)
    }
}

@Suite struct DatasetTests {
    private let out = Exported()

    private static func many(_ count: Int) -> [JudgedItem] {
        (1...count).map { number in
            let turns = (0...(number % 3)).flatMap { turn in
                [
                    Interaction.Message("user", "conversation \(number / 3), turn \(turn)"),
                    Interaction.Message("assistant", "ok \(turn)"),
                ]
            }
            return LabelSamples.item(
                number, Array(turns.dropLast()), ["answer \(number)"],
                [("ana", "quality", .choice(number % 5 == 0 ? "bad" : "good"))])
        }
    }

    @Test("no conversation is on two sides, and each stays on its own whatever else there is")
    func splits() throws {
        func sides(_ items: [JudgedItem], _ split: String) throws -> [String: Set<String>] {
            let out = Exported()
            try out.run(KTOFormat.self, items) { $0.split = try DatasetSplit(split) }
            var sides: [String: Set<String>] = [:]
            for side in ["train", "dev", "test"] {
                for row in (try? out.rows("\(side).jsonl")) ?? [] {
                    sides[contents(row, "prompt").first ?? "", default: []].insert(side)
                }
            }
            return sides
        }
        let all = try sides(Self.many(900), "train=0.8,dev=0.1,test=0.1")
        #expect(all.count == 301 && all.values.allSatisfy { $0.count == 1 })
        let part = try sides(Self.many(300), "train=0.8,dev=0.1,test=0.1")
        #expect(part.allSatisfy { all[$0.key] == $0.value })
        let train = Double(all.values.count { $0 == ["train"] }) / Double(all.count)
        #expect(abs(train - 0.8) < 0.08)
        // A larger first share keeps what it had.
        let larger = try sides(Self.many(900), "train=0.9,test=0.1")
        #expect(all.allSatisfy { $0.value != ["train"] || larger[$0.key] == ["train"] })
    }

    @Test(
        "a split that is none is refused",
        arguments: ["", "train", "train=0.5", "a=0.5,a=0.5", "../x=1", "a=nan,b=1", "a=0.5,b=0.6", "1=1"])
    func wrongSplit(_ text: String) { #expect(throws: DataFault.self) { try DatasetSplit(text) } }

    @Test("the same judgements give the same bytes, in whatever pages they come")
    func reproducible() throws {
        for format in labelFormatCatalog {
            let (a, b) = (Exported(), Exported())
            let change: (inout LabelExportOptions) throws -> Void = {
                if format.about.isTable { $0.split = try DatasetSplit("train=0.7,test=0.3") }
                $0.deduplication = .near(0.9)
                $0.redact = [.email]
            }
            try a.run(format, LabelSamples.items, page: 1, change)
            try b.run(format, LabelSamples.items, page: 100, change)
            let (first, second) = (try a.everything(), try b.everything())
            #expect(first == second && first.count >= 3)
            // And again over what is there.
            try a.run(format, LabelSamples.items, page: 3, change)
            #expect(try a.everything() == first)
        }
    }

    @Test("the same text comes once; nearly the same, too, where that is asked for")
    func duplicates() throws {
        let exact = try out.run(SFTFormat.self) { $0.deduplication = .exact }
        #expect(exact.leftOut[.duplicate] == 1)
        let words = (0..<200).map { "word\($0)" }
        func item(_ number: Int, _ changed: Int) -> JudgedItem {
            let text = words.enumerated().map { $0.offset < changed ? "other\(number)x\($0.offset)" : $0.element }
            return LabelSamples.item(
                number, [LabelSamples.user(text.joined(separator: " "))], ["Yes."],
                [("ana", "quality", .choice("good"))])
        }
        let items = [item(1, 0), item(2, 2), item(3, 120)]
        #expect(try Exported().run(SFTFormat.self, items) { $0.deduplication = .exact }.rows == 6)
        let near = try Exported().run(SFTFormat.self, items) { $0.deduplication = .near(0.85) }
        #expect(near.leftOut[.nearDuplicate] == 1 && near.rows == 4)
        // One that gives no row does not stand in the way.
        var unjudged = item(0, 0)
        unjudged.judgements = []
        #expect(try Exported().run(SFTFormat.self, [unjudged] + items) { $0.deduplication = .exact }.rows == 6)
    }

    @Test("private text is nowhere in any file, and marked pieces stay on their words")
    func redaction() throws {
        for format in labelFormatCatalog {
            let out = Exported()
            try out.run(format) { $0.redact = [.email] }
            for (path, data) in try out.everything() {
                #expect(!String(decoding: data, as: UTF8.self).contains("kestrel"), "\(format.about.id) \(path)")
            }
        }
        try out.run(LabelStudioFormat.self) { $0.redact = [.email] }
        let tasks = try #require(try JSONSerialization.jsonObject(with: out.data("train.json")) as? [[String: Any]])
        let task = try #require(tasks.first { ($0["data"] as? [String: Any])?["interaction"] as? String == "t-0004" })
        let response = try #require((task["data"] as? [String: Any])?["response"] as? String)
        #expect(response == "Mail to [email] went out, Zoë.")
        let results = (task["annotations"] as? [[String: Any]])?.first?["result"] as? [[String: Any]] ?? []
        let marks = results.filter { $0["type"] as? String == "labels" }.compactMap { $0["value"] as? [String: Any] }
        let units = Array(response.utf16)
        #expect(
            marks.map { mark in
                String(decoding: units[(mark["start"] as? Int ?? 0)..<(mark["end"] as? Int ?? 0)], as: UTF16.self)
            } == ["[email]", "Zoë"])
        #expect(marks.map { $0["text"] as? String } == ["[email]", "Zoë"])
    }

    @Test("a folder with something else in it is left alone, an earlier export is replaced")
    func folders() throws {
        try out.run(SFTFormat.self)
        try out.run(CSVFormat.self)
        #expect(try Set(out.everything().keys) == ["train.csv", "README.md", "manifest.json"])
        try Data("mine".utf8).write(to: URL(filePath: "\(out.folder)/notes.txt"))
        try out.run(DPOFormat.self)
        #expect(try Set(out.everything().keys) == ["train.jsonl", "README.md", "manifest.json", "notes.txt"])
        let other = Exported()
        try FileManager.default.createDirectory(atPath: other.folder, withIntermediateDirectories: true)
        try Data("mine".utf8).write(to: URL(filePath: "\(other.folder)/notes.txt"))
        #expect(throws: DataFault.occupied(path: other.folder)) { try other.run(SFTFormat.self) }
        #expect(try Set(other.everything().keys) == ["notes.txt"])
        #expect(throws: DataFault.self) { try Exported().run(SFTFormat.self, []) }
        // Nor where a link leads.
        try Data("mine".utf8).write(to: URL(filePath: "\(other.folder)/train.jsonl"))
        let linked = Exported()
        try linked.run(SFTFormat.self)
        try FileManager.default.removeItem(atPath: "\(linked.folder)/messages")
        try FileManager.default.createSymbolicLink(
            atPath: "\(linked.folder)/messages", withDestinationPath: other.folder)
        try linked.run(CSVFormat.self)
        #expect(try other.everything()["train.jsonl"] == Data("mine".utf8))
        // One export at a time.
        let options = LabelExportOptions(version: "0")
        let busy = try LabelExport(CSVFormat.self, options, folder: linked.folder)
        #expect(throws: DataFault.self) { try LabelExport(CSVFormat.self, options, folder: linked.folder) }
        try busy.take(LabelSamples.items)
        _ = try busy.finish()
        // What a killed export left does not hinder the next.
        let killed = Exported()
        try FileManager.default.createDirectory(atPath: killed.folder + "/messages", withIntermediateDirectories: true)
        try Data("half".utf8).write(to: URL(filePath: "\(killed.folder)/messages/train.jsonl.unfinished"))
        try killed.run(SFTFormat.self)
    }

    @Test("any text is written as JSON that says the same", arguments: 0..<30)
    func json(_ seed: Int) throws {
        var text = ""
        for _ in 0..<Int.random(in: 0..<200) {
            let value =
                [UInt32.random(in: 0..<0x80), .random(in: 0..<0x800), .random(in: 0..<0x11_0000)].randomElement() ?? 0
            if let scalar = Unicode.Scalar(value) { text.unicodeScalars.append(scalar) }
        }
        let item = LabelSamples.item(
            1, [LabelSamples.user(text + "?")], ["a\(text)"], [("ana", "quality", .choice("good"))])
        try out.run(KTOFormat.self, [item])
        let row = try #require(try out.rows().first)
        #expect(contents(row, "prompt") == [text + "?"] && contents(row, "completion") == ["a\(text)"])
    }
}

@Test("the hash of what was judged is of its pieces, each after its length")
func judgedText() throws {
    let hash = JudgedText.hash(messages: [Interaction.Message("user", "Zoë")], answers: ["", "b"])
    let sum = Process()
    sum.executableURL = URL(filePath: "/bin/sh")
    sum.arguments = ["-c", "printf '4:user4:Zoë0:1:b' | sha256sum"]
    let pipe = Pipe()
    sum.standardOutput = pipe
    try sum.run()
    #expect(String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self).hasPrefix(hash))
}
