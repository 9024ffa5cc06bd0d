extension PrivateText {
    /// Whether digits there may be part of something longer: most numbers stand alone and are short.
    func mayBeNumber(_ at: Int) -> Bool {
        var end = at
        while byte(end).isDigit, end - at < 13 { end += 1 }
        if end - at >= 10 { return true }
        switch byte(end) {
        case 0x20, 0x2D, 0x2E, 0x2F, 0x28, 0x29:
            return byte(end + 1).isDigit || byte(end + 1) == 0x28 || byte(end + 1) == 0x20
        default: return false
        }
    }

    /// Whether a few hexadecimal digits and a colon stand there.
    func mayBeColons(_ at: Int) -> Bool {
        var end = at
        while end - at < 5, EncodedDetector.hexValue(byte(end)) != nil { end += 1 }
        return end - at <= 4 && end > at && byte(end) == 0x3A && byte(at - 1) != 0x3A
    }

    /// The address of a network card: six pairs of hexadecimal digits with colons between them (IEEE 802).
    func hardware(_ at: Int) -> Int? {
        for pair in 0..<6 {
            let place = at + pair * 3
            guard EncodedDetector.hexValue(byte(place)) != nil, EncodedDetector.hexValue(byte(place + 1)) != nil else {
                return nil
            }
            if pair < 5, byte(place + 2) != 0x3A { return nil }
        }
        let end = at + 17
        return !byte(end).isAlphanumeric && byte(end) != 0x3A ? end : nil
    }

    /// An IPv6 address (RFC 4291): eight groups, or three at least where `::` stands for those that are 0.
    func longAddress(_ at: Int) -> Int? {
        var (place, groups, isShort, digits) = (at, 0, false, 0)
        while groups < 8 {
            let start = place
            while place - start < 5, EncodedDetector.hexValue(byte(place)) != nil {
                if byte(place).isDigit { digits += 1 }
                place += 1
            }
            guard (1...4).contains(place - start) else { break }
            groups += 1
            guard byte(place) == 0x3A else { break }
            if byte(place + 1) == 0x3A {
                guard !isShort else { return nil }
                (isShort, place) = (true, place + 2)
            } else if EncodedDetector.hexValue(byte(place + 1)) != nil {
                place += 1
            } else {
                break
            }
        }
        guard groups == 8 || isShort && groups >= 3, digits > 0, !byte(place).isAlphanumeric else { return nil }
        return place
    }

    /// The address of a wallet: Bitcoin's by bech32 with its check (BIP 173, BIP 350) or in base58, Ethereum's.
    func wallet(_ at: Int) -> Int? {
        switch (byte(at), byte(at + 1), byte(at + 2)) {
        case (0x30, 0x78, _):
            var end = at + 2
            while EncodedDetector.hexValue(byte(end)) != nil, end - at < 44 { end += 1 }
            return end - at == 42 && !byte(end).isAlphanumeric ? end : nil
        case (0x62, 0x63, 0x31):
            var end = at + 3
            while byte(end).isAlphanumeric, end - at < 92 { end += 1 }
            return end - at >= 26 && Self.isBech32(bytes[at..<end]) ? end : nil
        case (0x31, _, _), (0x33, _, _):
            var (end, sorts) = (at, 0)
            while byte(end).isAlphanumeric, ![0x30, 0x4F, 0x49, 0x6C].contains(byte(end)), end - at < 36 {
                sorts |= byte(end).isDigit ? 1 : byte(end) & 0x20 == 0 ? 2 : 4
                end += 1
            }
            return (26...35).contains(end - at) && sorts == 7 && !byte(end).isAlphanumeric ? end : nil
        default: return nil
        }
    }

    private static func isBech32(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        let letters = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)
        // The human-readable part `bc`, expanded, and what follows the 1.
        var values: [UInt32] = [3, 3, 0, 2, 3]
        for byte in text.dropFirst(3) {
            guard let value = letters.firstIndex(of: byte) else { return false }
            values.append(UInt32(value))
        }
        var check: UInt32 = 1
        for value in values {
            let top = check >> 25
            check = (check & 0x1ff_ffff) << 5 ^ value
            for (bit, generator) in [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3].enumerated()
            where top >> UInt32(bit) & 1 == 1 {
                check ^= UInt32(generator)
            }
        }
        return check == 1 || check == 0x2bc8_30a3
    }
}
