/// The place in a growing file up to which it was read. The file is known by its inode, because its name goes to
/// another when logs rotate, and by its first bytes, because a file may be cut and written anew in place.
struct FileCursor: Equatable {
    var device: UInt64
    var inode: UInt64
    var offset = 0
    /// Lines read so far: the next one is this plus one.
    var line = 0
    /// How many of the first bytes `head` was made of.
    var headLength = 0
    var head: UInt64 = 0
    /// Whether the place is inside a line that is too long and being passed over.
    var isSkipping = false

    static let longestHead = 256

    init(_ facts: FileFacts) { (device, inode) = (facts.device, facts.inode) }

    /// Reads what `text` gave; nil for anything else.
    init?(_ text: String) {
        let words = text.split(separator: " ")
        guard words.count == 8, words[0] == "file1", let device = UInt64(words[1]), let inode = UInt64(words[2]),
            let offset = Int(words[3]), let line = Int(words[4]), let headLength = Int(words[5]),
            let head = UInt64(words[6], radix: 16), offset >= 0, line >= 0, (0...Self.longestHead).contains(headLength)
        else { return nil }
        (self.device, self.inode, self.offset, self.line) = (device, inode, offset, line)
        (self.headLength, self.head, isSkipping) = (headLength, head, words[7] == "1")
    }

    var text: String {
        "file1 \(device) \(inode) \(offset) \(line) \(headLength) \(String(head, radix: 16)) \(isSkipping ? 1 : 0)"
    }

    func isAt(_ facts: FileFacts) -> Bool { device == facts.device && inode == facts.inode }

    /// FNV-1a 64: stable from run to run.
    static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
