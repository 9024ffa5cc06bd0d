public import PitModel

/// Something that rows of a dataset are collected from, one after the other: however much it is, little of it is in memory.
public protocol RowSource {
    /// Hands over every row as one JSON object without a line's end.
    ///
    /// - Parameter tell: how many bytes of how many are read, where that is known.
    /// - Returns: what was read, for the manifest.
    func read(
        _ take: (ArraySlice<UInt8>) throws(DataFault) -> Void, tell: (Int, Int) -> Void
    ) throws(DataFault) -> DatasetSource
}

extension DatasetSource {
    /// The first of what was left out are told, and all are counted.
    mutating func skip(_ note: String) {
        skipped += 1
        if notes.count < 20 { notes.append(note) }
    }
}

/// Builds rows: members in the order in which they are put.
struct RowWriter: ~Copyable {
    private var json = JSONBytes(capacity: 4096)
    private var isFirst = true

    mutating func begin() {
        json.removeAll()
        json.byte(0x7B)
        isFirst = true
    }

    mutating func name(_ name: String) {
        if !isFirst { json.byte(0x2C) }
        isFirst = false
        json.string(name)
        json.byte(0x3A)
    }

    mutating func put(_ name: String, _ text: String?) {
        self.name(name)
        json.string(text)
    }

    mutating func put(_ name: String, _ number: Double?) {
        self.name(name)
        if let number { json.number(number) } else { json.raw("null") }
    }

    /// A number as it was written elsewhere.
    mutating func put(_ name: String, literal: String) {
        self.name(name)
        json.copy(literal)
    }

    mutating func put(_ name: String, _ messages: [Interaction.Message]) {
        self.name(name)
        json.byte(0x5B)
        for (place, message) in messages.enumerated() {
            if place > 0 { json.byte(0x2C) }
            json.raw("{\"role\":")
            json.string(message.role)
            json.raw(",\"content\":")
            json.string(message.text)
            json.byte(0x7D)
        }
        json.byte(0x5D)
    }

    mutating func end() -> ArraySlice<UInt8> {
        json.byte(0x7D)
        return json.withBytes { Array($0)[...] }
    }

    /// An exchange: what was sent, the last thing that was asked, and what came back.
    mutating func row(of exchange: Interaction, release: String?) -> ArraySlice<UInt8> {
        begin()
        put("id", exchange.id)
        put("at", exchange.at.milliseconds == 0 ? nil : exchange.at.rfc3339)
        put("model", exchange.model?.description ?? exchange.servedModel)
        put("release", release)
        put("prompt", exchange.messages.isEmpty ? nil : exchange.prompt)
        put("response", exchange.response)
        put("messages", exchange.messages)
        put("prompt_tokens", exchange.promptTokens.map(Double.init))
        put("response_tokens", exchange.responseTokens.map(Double.init))
        put("latency", exchange.latency)
        put("finish_reason", exchange.finishReason)
        put("fault", exchange.fault)
        return end()
    }
}
