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
    private var data: [UInt8] = []
    private var hasData = false
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
        // By bytes: as characters, a colon or a blank would hide behind a combining mark.
        let field = line.prefix { $0 != 0x3A }
        var value = line[field.endIndex...].dropFirst()
        if value.first == 0x20 { value = value.dropFirst() }
        if field.elementsEqual("data".utf8) {
            guard data.count + value.count < limit else {
                isTooLong = true
                return nil
            }
            if hasData { data.append(0x0A) }
            data += value
            hasData = true
        } else if field.elementsEqual("event".utf8) {
            event = String(decoding: value, as: UTF8.self)
        } else if field.elementsEqual("id".utf8), !value.contains(0) {
            id = String(decoding: value, as: UTF8.self)
        }
        return nil
    }

    private mutating func dispatch() -> Message? {
        defer {
            data.removeAll(keepingCapacity: true)
            (hasData, event, isTooLong) = (false, "", false)
        }
        if isTooLong {
            dropped += 1
            return nil
        }
        guard hasData else { return nil }
        return Message(
            event: event.isEmpty ? "message" : event, data: String(decoding: data, as: UTF8.self), id: id)
    }
}
