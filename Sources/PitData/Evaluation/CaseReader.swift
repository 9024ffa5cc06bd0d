import Glibc
public import PitModel
import PitParse

/// Reads the cases of an evaluation, and answers that somebody wrote down, from files of JSON Lines. A line that cannot
/// be read ends it and is named: figures over what happened to be readable would be figures of something else.
public enum CaseReader {
    /// Cases of a suite at most: all of them are held in memory.
    public static let mostCases = 100_000
    private static let longestLine = 4 << 20
    private static let mostBytes = 512 << 20

    /// - Parameter slices: names of fields by whose values figures are told apart, beside those under `slices`.
    public static func cases(_ path: String, slices: [String] = []) throws(DataFault) -> [EvaluationCase] {
        var cases: [EvaluationCase] = []
        var seen: Set<String> = []
        try lines(path) { (line, number) throws(DataFault) in
            let place = "\(path):\(number)"
            guard cases.count < mostCases else {
                throw .refused("\(path) has more than \(mostCases) cases", hint: "Draw a sample of them.")
            }
            guard let value = JSONReader.value(of: line), value.members != nil else {
                throw .refused("\(place) is no JSON object", hint: "Write one case a line: {\"input\": \"hello\"}")
            }
            let one = try read(value, place: place, number: cases.count + 1, slices: slices)
            guard seen.insert(one.id).inserted else {
                throw .refused("\(place): there is a case `\(one.id)` already", hint: "Give each an id of its own.")
            }
            cases.append(one)
        }
        guard !cases.isEmpty else { throw .empty(path: path) }
        return cases
    }

    /// Answers by the ids of their cases; where lines have no `id`, line N answers case N.
    public static func answers(_ path: String) throws(DataFault) -> [String: String] {
        var answers: [String: String] = [:]
        var count = 0
        try lines(path) { (line, number) throws(DataFault) in
            count += 1
            let value = JSONReader.value(of: line)
            let names = ["answer", "response", "output", "prediction"]
            guard let value, let text = names.lazy.compactMap({ value[$0]?.text }).first else {
                throw .refused("\(path):\(number) has no `answer`", hint: "Write {\"id\": \"1\", \"answer\": \"...\"}")
            }
            let id = value["id"]?.words ?? "\(count)"
            guard answers.updateValue(text, forKey: id) == nil else {
                throw .refused("\(path):\(number): case `\(id)` is answered already", hint: "Keep one of the lines.")
            }
        }
        guard count > 0 else { throw .empty(path: path) }
        return answers
    }

    private static func read(
        _ value: JSONValue, place: String, number: Int, slices: [String]
    ) throws(DataFault) -> EvaluationCase {
        var result = EvaluationCase(id: value["id"]?.words ?? "\(number)", messages: [])
        if let messages = value["messages"]?.list {
            for message in messages {
                guard let role = message["role"]?.text, let content = message["content"]?.text else {
                    throw .refused(
                        "\(place): a message has no `role` or no `content`",
                        hint: "Write {\"role\": \"user\", \"content\": \"hello\"}")
                }
                result.messages.append(ChatMessage(role, content))
            }
        } else if let input = ["input", "prompt", "question"].lazy.compactMap({ value[$0]?.text }).first {
            result.messages = [ChatMessage("user", input)]
        }
        guard !result.messages.isEmpty else {
            throw .refused("\(place) asks nothing", hint: "Write `input`, `prompt`, `question` or `messages`.")
        }
        for name in ["reference", "references", "expected"] {
            guard let found = value[name], !found.isNull else { continue }
            result.references += found.list?.compactMap(\.words) ?? found.words.map { [$0] } ?? []
        }
        let contexts = value["contexts"] ?? value["context"]
        result.contexts = contexts?.list?.compactMap(\.words) ?? contexts?.words.map { [$0] } ?? []
        for (key, value) in value["slices"]?.members ?? [] { result.slices[key] = value.words }
        for name in slices { result.slices[name] = value[name]?.words ?? result.slices[name] }
        return result
    }

    /// Hands over every line that is not blank, with its number.
    private static func lines(
        _ path: String, _ body: (ArraySlice<UInt8>, Int) throws(DataFault) -> Void
    ) throws(DataFault) {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard file >= 0 else { throw .unreadable(path: path, why: String(cString: strerror(errno))) }
        defer { close(file) }
        var (rest, piece): ([UInt8], [UInt8]) = ([], [UInt8](repeating: 0, count: 1 << 20))
        var (number, total) = (0, 0)
        func take(_ line: ArraySlice<UInt8>) throws(DataFault) {
            number += 1
            let text = number == 1 && line.starts(with: [0xEF, 0xBB, 0xBF]) ? line.dropFirst(3) : line
            if text.contains(where: { $0 > 0x20 }) { try body(text, number) }
        }
        while true {
            let count = Glibc.read(file, &piece, piece.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw .unreadable(path: path, why: String(cString: strerror(errno)))
            }
            if count == 0 { break }
            total += count
            guard total <= mostBytes else {
                throw .refused("\(path) is larger than 512 MiB", hint: "Draw a sample of its cases.")
            }
            var start = 0
            while let end = piece[start..<count].firstIndex(of: 0x0A) {
                if rest.isEmpty {
                    try take(piece[start..<end])
                } else {
                    rest += piece[start..<end]
                    let line = rest
                    rest = []
                    try take(line[...])
                }
                start = end + 1
            }
            rest += piece[start..<count]
            guard rest.count <= longestLine else {
                throw .refused("\(path):\(number + 1) is longer than 4 MiB", hint: "Is it JSON Lines?")
            }
        }
        if !rest.isEmpty { try take(rest[...]) }
    }
}
