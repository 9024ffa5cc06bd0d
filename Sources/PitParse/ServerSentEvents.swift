/// Reads a stream of server-sent events piece by piece (WHATWG HTML, "Server-sent events").
public struct ServerSentEvents: Sendable {
    public struct Message: Equatable, Sendable {
        /// `message` unless the server names another.
        public var event: String
        public var data: String
        public var id: String?
    }

    /// Bytes one message may have; a longer one is dropped and counted.
    public let limit: Int
    public private(set) var dropped = 0
    private var line: [UInt8] = []
    private var data: [String] = []
    private var size = 0
    private var event = ""
    private var id: String?
    private var sawReturn = false
    private var isFirst = true
    private var isTooLong = false

    public init(limit: Int = 1 << 20) { self.limit = limit }

    /// Takes the next bytes; gives the messages that they complete.
    public mutating func take(_ bytes: some Sequence<UInt8>) -> [Message] {
        var messages: [Message] = []
        for byte in bytes {
            if sawReturn, byte == 0x0A {
                sawReturn = false
                continue
            }
            sawReturn = byte == 0x0D
            guard byte == 0x0A || byte == 0x0D else {
                if line.count < limit { line.append(byte) } else { isTooLong = true }
                continue
            }
            if let message = endLine() { messages.append(message) }
        }
        return messages
    }

    private mutating func endLine() -> Message? {
        defer { line.removeAll(keepingCapacity: true) }
        if isFirst {
            isFirst = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        }
        if line.isEmpty { return dispatch() }
        let text = String(decoding: line, as: UTF8.self)
        let field = text.prefix { $0 != ":" }
        var value = text.dropFirst(field.count).dropFirst()
        if value.first == " " { value = value.dropFirst() }
        switch field {
        case "data":
            size += value.utf8.count
            if size <= limit { data.append(String(value)) } else { isTooLong = true }
        case "event": event = String(value)
        case "id" where !value.contains("\0"): id = String(value)
        default: break
        }
        return nil
    }

    private mutating func dispatch() -> Message? {
        defer {
            (data, size, event, isTooLong) = ([], 0, "", false)
        }
        if isTooLong {
            dropped += 1
            return nil
        }
        guard !data.isEmpty else { return nil }
        return Message(event: event.isEmpty ? "message" : event, data: data.joined(separator: "\n"), id: id)
    }
}
