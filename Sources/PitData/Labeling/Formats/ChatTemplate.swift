/// How a family of models writes a conversation as one text, as their publishers' tokenizer configurations say.
public enum ChatTemplate: String, CaseIterable, Sendable {
    case chatml, llama3 = "llama-3", mistral, gemma, zephyr, granite

    public var summary: String {
        switch self {
        case .chatml: "Qwen and others that were trained on ChatML"
        case .llama3: "Llama 3"
        case .mistral: "Mistral Instruct"
        case .gemma: "Gemma"
        case .zephyr: "Zephyr, TinyLlama"
        case .granite: "IBM Granite 3"
        }
    }

    /// Signs by which the model tells who speaks. A text that holds one could speak for somebody else.
    var signs: [String] {
        switch self {
        case .chatml: ["<|im_start|>", "<|im_end|>"]
        case .llama3: ["<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]
        case .mistral: ["<s>", "</s>", "[INST]", "[/INST]"]
        case .gemma: ["<bos>", "<start_of_turn>", "<end_of_turn>"]
        case .zephyr: ["<|system|>", "<|user|>", "<|assistant|>", "</s>"]
        case .granite: ["<|start_of_role|>", "<|end_of_role|>", "<|end_of_text|>"]
        }
    }

    /// The text of a conversation, without the sign that tokenizers put before every text themselves. Nil where the
    /// template has no place for it: messages of tools, and with some a question that no answer follows.
    func text(_ messages: [(role: String, text: String)]) -> String? {
        let known = messages.allSatisfy { ["system", "user", "assistant"].contains($0.role) }
        guard known, !messages.isEmpty else { return nil }
        guard !messages.contains(where: { message in signs.contains { message.text.contains($0) } }) else { return nil }
        switch self {
        case .chatml: return messages.map { "<|im_start|>\($0.role)\n\($0.text)<|im_end|>\n" }.joined()
        case .llama3:
            return messages.map {
                "<|start_header_id|>\($0.role)<|end_header_id|>\n\n\(Self.trimmed($0.text))<|eot_id|>"
            }
            .joined()
        case .zephyr: return messages.map { "<|\($0.role)|>\n\($0.text)</s>\n" }.joined()
        case .granite:
            return messages.map { "<|start_of_role|>\($0.role)<|end_of_role|>\($0.text)<|end_of_text|>\n" }.joined()
        case .mistral:
            return Self.turns(messages)?.map { $0.role == "user" ? "[INST] \($0.text)[/INST]" : " \($0.text)</s>" }
                .joined()
        case .gemma:
            return Self.turns(messages)?.map { turn in
                let role = turn.role == "user" ? "user" : "model"
                return "<start_of_turn>\(role)\n\(Self.trimmed(turn.text))<end_of_turn>\n"
            }.joined()
        }
    }

    /// Question and answer by turns, what the system was told before the first question.
    private static func turns(_ messages: [(role: String, text: String)]) -> [(role: String, text: String)]? {
        var rest = messages[...]
        let system = rest.first?.role == "system" ? rest.popFirst() : nil
        var turns = Array(rest)
        for (place, turn) in turns.enumerated() where turn.role != (place % 2 == 0 ? "user" : "assistant") {
            return nil
        }
        guard !turns.isEmpty else { return nil }
        if let system { turns[0].text = "\(system.text)\n\n\(turns[0].text)" }
        return turns
    }

    private static func trimmed(_ text: String) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
