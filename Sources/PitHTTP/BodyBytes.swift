/// The bytes of a body as they come. A body whose length nobody announced lies in pieces until it is whole: an array
/// that grows holds everything twice for a moment, each time.
struct BodyBytes {
    /// Bytes of a piece.
    private static let piece = 1 << 20

    private var pieces: [[UInt8]] = []
    private var last: [UInt8] = []
    private var isWhole = false

    /// Makes room for a body of a length that is believed; memory that is never written to costs nothing.
    mutating func expect(_ bytes: Int) {
        last.reserveCapacity(bytes)
        isWhole = true
    }

    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        if !isWhole, last.count + bytes.count > Self.piece {
            pieces.append(last)
            last = []
            last.reserveCapacity(Self.piece)
        }
        last.append(contentsOf: bytes)
    }

    /// Hands everything over, in one piece.
    mutating func take() -> [UInt8] {
        defer { self = BodyBytes() }
        guard !pieces.isEmpty else { return last }
        var whole: [UInt8] = []
        whole.reserveCapacity(pieces.reduce(last.count) { $0 + $1.count })
        for index in pieces.indices {
            whole.append(contentsOf: pieces[index])
            pieces[index] = []
        }
        whole.append(contentsOf: last)
        return whole
    }
}
