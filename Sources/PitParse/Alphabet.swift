/// Which bytes may stand where in names.
enum Alphabet {
    static let nameStart: UInt8 = 1
    static let namePart: UInt8 = 2
    static let labelStart: UInt8 = 4
    static let labelPart: UInt8 = 8

    /// A set of the flags above for each byte.
    static let flags: [UInt8] = (0...255).map { byte in
        switch UInt8(byte) {
        case 0x41...0x5A, 0x61...0x7A, 0x5F: nameStart | namePart | labelStart | labelPart
        case 0x30...0x39: namePart | labelPart
        case 0x3A: nameStart | namePart
        default: 0
        }
    }
}
