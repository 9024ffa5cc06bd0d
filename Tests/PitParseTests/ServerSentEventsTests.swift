import PitParse
import Testing

private func read(_ bytes: [UInt8], step: Int, limit: Int = 1 << 20) -> [ServerSentEvents.Message] {
    var events = ServerSentEvents(limit: limit)
    var seen: [ServerSentEvents.Message] = []
    for start in stride(from: 0, to: bytes.count, by: step) {
        seen += events.take(bytes[start..<min(start + step, bytes.count)])
    }
    return seen
}

@Test("server-sent events come whole however the bytes are cut")
func serverSentEvents() {
    let text =
        "\u{FEFF}: hi\r\ndata: {\"a\":1}\r\n\r\nevent: x\nid: 7\ndata:one\ndata: two\n\ndata: [DONE]\r\rdata: cut"
    for size in 1...9 {
        let seen = read(Array(text.utf8), step: size)
        #expect(seen.map(\.data) == ["{\"a\":1}", "one\ntwo", "[DONE]"])
        #expect(seen.map(\.event) == ["message", "x", "message"])
        #expect(seen.map(\.id) == [nil, "7", "7"])
    }
}

@Test("a recorded stream of a chat completion is read to its end")
func recordedStream() throws {
    let bytes = try fixture("chat-stream.sse")
    let expected = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { String($0.dropFirst(6)) }
    #expect(expected.last == "[DONE]")
    for step in [1, 7, 100, bytes.count] { #expect(read(bytes, step: step).map(\.data) == expected) }
}

@Test("fields follow the standard to the letter")
func fields() {
    func data(_ text: String) -> [String] { read(Array(text.utf8), step: 3).map(\.data) }
    #expect(data("data\n\n") == [""])
    #expect(data("data:\ndata:\n\n") == ["\n"])
    #expect(data("data:  two blanks\n\n") == [" two blanks"])
    #expect(data("data:a:b\n\n") == ["a:b"])
    #expect(data("Data: x\n\n") == [])
    #expect(data("dat: x\nretry: 5\n:data: x\n\n") == [])
    #expect(data("\n\n\ndata: x\n\n\n\n") == ["x"])
    #expect(data("data: x") == [])
    #expect(data("data: x\n") == [])
    // A combining mark after the colon or the blank hides neither.
    #expect(data("data:\u{301}x\n\n") == ["\u{301}x"])
    #expect(data("data: \u{301}x\n\n") == ["\u{301}x"])
    #expect(data("data: \u{FEFF}x\n\n") == ["\u{FEFF}x"])
    #expect(read(Array("id: a\0b\ndata: x\n\n".utf8), step: 2).first?.id == nil)
    #expect(read([0x64, 0x61, 0x74, 0x61, 0x3A, 0xFF, 0x0A, 0x0A], step: 1).map(\.data) == ["\u{FFFD}"])
}

@Test("a message that is too long is dropped, counted, and the next one is read")
func tooLong() {
    var small = ServerSentEvents(limit: 16)
    #expect(small.take("data: 01234567890123456789\n\ndata: a\n\n".utf8).map(\.data) == ["a"])
    #expect(small.dropped == 1)
    // Neither many short lines nor many empty ones may fill the memory.
    let many = String(repeating: "data: 12\n", count: 50)
    #expect(small.take((many + "\ndata: b\n\n").utf8).map(\.data) == ["b"])
    let empty = String(repeating: "data:\n", count: 50)
    #expect(small.take((empty + "\ndata: c\n\n").utf8).map(\.data) == ["c"])
    #expect(small.dropped == 3)
}

@Test("random bytes are read the same however they are cut")
func streamFuzz() {
    var random = Seeded(state: 71)
    let pieces = ["data", ":", " ", "\n", "\r", "\r\n", "event", "id", "x", "é", "\u{FEFF}", "\0"].map {
        Array($0.utf8)
    }
    for _ in 0..<2000 {
        let bytes = (0..<Int.random(in: 0...60, using: &random)).flatMap { _ in
            pieces.randomElement(using: &random) ?? []
        }
        let whole = read(bytes, step: max(1, bytes.count), limit: 20)
        #expect(read(bytes, step: 1, limit: 20) == whole)
        #expect(read(bytes, step: 3, limit: 20) == whole)
        #expect(whole.allSatisfy { $0.data.utf8.count <= 20 })
    }
}
