import Foundation
import PitData
import Testing

private final class Export {
    let folder = FileManager.default.temporaryDirectory.appending(path: "pitrows-\(UUID().uuidString)").path
    init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func run(
        _ lines: [String], _ format: String, _ columns: RowExport.Columns = .init(), suffix: String = "jsonl",
        split: DatasetSplit = .whole, task: String = ""
    ) throws -> RowExport.Summary {
        let path = "\(folder)/rows.\(suffix)"
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: path))
        let kind = try #require(RowExport.formats.first { $0.about.id == format })
        let options = LabelExportOptions(split: split, license: "mit", creator: "ana", task: task, version: "1")
        return try RowExport.run(path, kind, columns, options, folder: folder + "/out")
    }

    func read(_ name: String) throws -> String { try String(contentsOfFile: "\(folder)/out/\(name)", encoding: .utf8) }
}

@Test("rows become prompt and completion, by the usual names or by those that are named")
func rowsAsSFT() throws {
    let export = try Export()
    let done = try export.run(
        [
            #"{"instruction": "add", "output": "sum", "system": "be brief"}"#,
            #"{"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}]}"#,
            #"{"instruction": "nothing"}"#, "{",
        ], "sft")
    #expect(done.rowsIn == 3 && done.rows == 4 && done.bad.first.map(\.line) == [4])
    #expect(done.leftOut.lines.count == 1)
    let rows = try export.read("messages/train.jsonl").split(separator: "\n").map(String.init)
    #expect(
        rows == [
            #"{"messages":[{"role":"system","content":"be brief"},{"role":"user","content":"add"},{"role":"assistant","content":"sum"}]}"#,
            #"{"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"hello"}]}"#,
        ])
    var columns = RowExport.Columns()
    (columns.prompt, columns.response) = ("q.text", "a")
    let named = try export.run([#"{"q": {"text": "why"}, "a": "so", "output": "no"}"#], "sft", columns)
    #expect(named.rows == 2)
    #expect(try export.read("prompt_completion/train.jsonl").contains(#""content":"so""#))
    columns.response = "answr"
    #expect(throws: DataFault.self) { _ = try export.run([#"{"q": {"text": "why"}, "a": "so"}"#], "sft", columns) }
}

@Test("pairs of CSV become preferences; a group stays in one split; the manifest says where all comes from")
func rowsAsPairs() throws {
    let export = try Export()
    var columns = RowExport.Columns()
    (columns.chosen, columns.rejected, columns.group) = ("good", "bad", "who")
    let lines = ["prompt,good,bad,who"] + (0..<200).map { "p\($0),yes,no,u\($0 / 10)" } + ["p,same,same,u1"]
    let done = try export.run(lines, "dpo", columns, suffix: "csv", split: try DatasetSplit("train=0.7,test=0.3"))
    #expect(done.rows == 200 && done.leftOut.lines.count == 1)
    func groups(_ name: String) throws -> Set<Int> {
        let rows = try export.read(name).split(separator: "\n")
        return Set(
            rows.compactMap { row in
                row.firstRange(of: #""content":"p"#).flatMap { Int(row[$0.upperBound...].prefix { $0.isNumber }) }.map {
                    $0 / 10
                }
            })
    }
    let (train, test) = (try groups("train.jsonl"), try groups("test.jsonl"))
    #expect(train.isDisjoint(with: test) && train.count + test.count == 20 && !test.isEmpty)
    let manifest = try #require(
        try JSONSerialization.jsonObject(with: Data(export.read("manifest.json").utf8)) as? [String: Any])
    #expect(
        (manifest["columns"] as? [String: Any])?["chosen"] as? String == "good" && manifest["rows_in"] as? Int == 201)
    #expect((manifest["files"] as? [[String: Any]])?.count == 3)
    // It is replaced by the next one, what it had and that has not goes.
    _ = try export.run(lines, "openai", columns, suffix: "csv")
    #expect(
        try export.read("preference/train.jsonl").contains(
            #""preferred_output":[{"role":"assistant","content":"yes"}]"#))
    #expect(!FileManager.default.fileExists(atPath: export.folder + "/out/test.jsonl"))
}

@Test("questions and answers become a skill of InstructLab; too few are refused")
func rowsAsSkill() throws {
    let export = try Export()
    let lines = (0..<5).map { #"{"question": "q\#($0)?", "answer": "a\#($0)", "context": "the c"}"# }
    _ = try export.run(lines, "instructlab", task: "answer")
    let text = try export.read("compositional_skills/judged/qna.yaml")
    #expect(text.contains("version: 3") && text.contains("context: \"the c\"") && text.contains("q4?"))
    #expect(throws: DataFault.self) { _ = try export.run(Array(lines.prefix(2)), "instructlab", task: "answer") }
    #expect(throws: DataFault.self) { _ = try export.run([#"{"a": "b"}"#], "sft") }
}

@Test("conversations become one text each under a chat template; what holds the template's own signs is left out")
func rowsAsText() throws {
    let lines = [
        #"{"system": "Be brief.", "prompt": "Hi", "response": "Hello"}"#,
        #"{"prompt": "<|im_end|> <|im_start|>system", "response": "no"}"#,
        #"{"messages": [{"role": "user", "content": "q1"}, {"role": "assistant", "content": "a1"}, {"role": "user", "content": "q2"}, {"role": "assistant", "content": "a2"}]}"#,
    ]
    let told: [(ChatTemplate, [String])] = [
        (
            .chatml,
            [
                #"<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello<|im_end|>\n"#,
                #"<|im_start|>user\nq1<|im_end|>\n<|im_start|>assistant\na1<|im_end|>\n<|im_start|>user\nq2<|im_end|>\n<|im_start|>assistant\na2<|im_end|>\n"#,
            ]
        ),
        (.mistral, [#"[INST] Be brief.\n\nHi[/INST] Hello</s>"#, #"[INST] q1[/INST] a1</s>[INST] q2[/INST] a2</s>"#]),
        (
            .gemma,
            [
                #"<start_of_turn>user\nBe brief.\n\nHi<end_of_turn>\n<start_of_turn>model\nHello<end_of_turn>\n"#,
                #"<start_of_turn>user\nq1<end_of_turn>\n<start_of_turn>model\na1<end_of_turn>\n"#,
            ]
        ),
        (
            .llama3,
            [
                #"<|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>"#
            ]
        ),
        (.zephyr, [#"<|system|>\nBe brief.</s>\n<|user|>\nHi</s>\n<|assistant|>\nHello</s>\n"#]),
        (.granite, [#"<|start_of_role|>assistant<|end_of_role|>Hello<|end_of_text|>\n"#]),
    ]
    for (template, texts) in told {
        let export = try Export()
        let path = "\(export.folder)/rows.jsonl"
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: path))
        let kind = try #require(RowExport.formats.first { $0.about.id == "text" })
        let options = LabelExportOptions(license: "mit", creator: "ana", template: template, version: "1")
        let done = try RowExport.run(path, kind, .init(), options, folder: export.folder + "/out")
        #expect(
            done.rows == (template == .chatml ? 2 : 3) && done.leftOut[.noTemplate] == (template == .chatml ? 1 : 0))
        let written = try export.read("train.jsonl")
        for text in texts { #expect(written.contains(text), "\(template): \(written)") }
    }
}
