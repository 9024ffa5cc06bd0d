/// The bytes of a body as they come. What is beyond the announced length, as all of a body is that comes packed, lies in
/// pieces until it is whole: an array that grows holds everything twice for a moment, each time.
struct BodyBytes {
    /// Bytes of a piece.
    private static let piece = 1 << 20

    private var pieces: [[UInt8]] = []
    private var last: [UInt8] = []
    /// Bytes that `last` has room for.
    private var room = 0

    /// Makes room for a body of a length that is believed; memory that is never written to costs nothing.
    mutating func expect(_ bytes: Int) {
        last.reserveCapacity(bytes)
        room = bytes
    }

    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        if last.count + bytes.count > max(room, Self.piece) {
            pieces.append(last)
            last = []
            last.reserveCapacity(Self.piece)
            room = Self.piece
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
