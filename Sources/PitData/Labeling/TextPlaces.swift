/// Places in a text as others count them: browsers in UTF-16, Python in characters of Unicode. Outside of the text they
/// are its nearest end; within a character, its beginning.
enum TextPlaces {
    static func utf16(ofUTF8 place: Int, in text: String) -> Int {
        var (units, bytes) = (0, 0)
        for scalar in text.unicodeScalars {
            bytes += UTF8.width(scalar)
            guard bytes <= place else { break }
            units += UTF16.width(scalar)
        }
        return units
    }

    static func utf8(ofUTF16 place: Int, in text: String) -> Int? {
        guard place >= 0,
            let index = text.utf16.index(text.startIndex, offsetBy: place, limitedBy: text.endIndex)
        else { return nil }
        return text.utf8.distance(from: text.startIndex, to: index)
    }

    static func utf8(ofScalar place: Int, in text: String) -> Int? {
        guard place >= 0,
            let index = text.unicodeScalars.index(text.startIndex, offsetBy: place, limitedBy: text.endIndex)
        else { return nil }
        return text.utf8.distance(from: text.startIndex, to: index)
    }
}
