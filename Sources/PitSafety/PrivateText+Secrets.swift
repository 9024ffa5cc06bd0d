extension PrivateText {
    /// What issuers begin their secrets with, and how many characters follow at least.
    private static let prefixes: [(text: StaticString, least: Int)] = [
        ("AKIA", 16), ("ASIA", 16), ("ghp_", 36), ("gho_", 36), ("ghu_", 36), ("ghs_", 36), ("ghr_", 36),
        ("github_pat_", 22), ("glpat-", 20), ("xoxa-", 10), ("xoxb-", 10), ("xoxp-", 10), ("xoxr-", 10),
        ("xoxs-", 10), ("AIza", 35), ("sk-", 20), ("hf_", 34),
    ]

    /// Words that are followed by a secret, `:` or `=`.
    private static let words: [StaticString] = [
        "password", "passwd", "secret", "token", "api_key", "apikey", "api-key", "access_key", "client_secret",
    ]

    /// For the beginnings of three letters, whether a secret may begin so; five bits of each.
    static let beginnings: [Bool] = {
        var table = [Bool](repeating: false, count: 1 << 15)
        for text in prefixes.map(\.text) + words + ["eyJ", "bearer "] {
            let bytes = (0..<3).map { Int(text.utf8Start[$0] & 31) }
            table[bytes[0] << 10 | bytes[1] << 5 | bytes[2]] = true
        }
        return table
    }()

    /// Whether it is worth looking for a secret there: nearly never.
    func mayBeSecret(_ at: Int) -> Bool {
        guard at + 6 < bytes.count else { return false }
        return secretBeginnings[Self.beginning(bytes, at)]
    }

    /// The user and the password of an address such as `postgres://user:password@host`.
    func userInfo(before at: Int, from floor: Int) -> Range<Int>? {
        var (start, colon) = (at, -1)
        while start > floor, at - start < 128, bytes[start - 1] > 0x20, bytes[start - 1] != 0x2F {
            start -= 1
            if bytes[start] == 0x3A { colon = start }
        }
        guard colon > start, at - colon > 3, byte(start - 1) == 0x2F, byte(start - 2) == 0x2F, byte(start - 3) == 0x3A
        else { return nil }
        return start..<at
    }

    /// A credential: by how its issuer begins it, a signed token, a private key, the value that follows `password=`, or
    /// what stands behind `Bearer`.
    func secret(_ at: Int) -> Int? {
        for prefix in Self.prefixes where starts(with: prefix.text, at) {
            let begin = at + prefix.text.utf8CodeUnitCount
            let end = token(begin)
            if end - begin >= prefix.least { return end }
        }
        return signed(at) ?? privateKey(at) ?? valueOfWord(at)
    }

    private func starts(with text: StaticString, _ at: Int, ignoringCase: Bool = false) -> Bool {
        for place in 0..<text.utf8CodeUnitCount {
            let found = byte(at + place)
            if (ignoringCase ? found.lowered : found) != text.utf8Start[place] { return false }
        }
        return true
    }

    /// Where characters of base64url end.
    private func token(_ at: Int) -> Int {
        var end = at
        while byte(end).isAlphanumeric || byte(end) == 0x5F || byte(end) == 0x2D, end - at < 4096 { end += 1 }
        return end
    }

    /// A JSON Web Token (RFC 7519): three parts of base64url, the first two objects.
    private func signed(_ at: Int) -> Int? {
        guard starts(with: "eyJ", at) else { return nil }
        let first = token(at)
        guard byte(first) == 0x2E, starts(with: "eyJ", first + 1) else { return nil }
        let second = token(first + 1)
        guard byte(second) == 0x2E else { return nil }
        let end = token(second + 1)
        return end - second > 10 ? end : nil
    }

    /// A private key between its PEM lines (RFC 7468); one without its end goes as far as base64 does.
    private func privateKey(_ at: Int) -> Int? {
        guard starts(with: "-----BEGIN ", at) else { return nil }
        var head = at + 11
        while byte(head).isLetter || byte(head) == 0x20, head - at < 60 { head += 1 }
        guard starts(with: "PRIVATE KEY-----", head - 11) else { return nil }
        var end = head + 5
        while end < bytes.count, end - at < 32_768 {
            if starts(with: "-----END ", end) {
                while end < bytes.count, byte(end) != 0x0A { end += 1 }
                return end
            }
            end += 1
        }
        return end
    }

    private func valueOfWord(_ at: Int) -> Int? {
        if starts(with: "bearer ", at, ignoringCase: true) {
            let end = token(at + 7)
            return end - at - 7 >= 16 ? end : nil
        }
        guard let word = Self.words.first(where: { starts(with: $0, at, ignoringCase: true) }) else { return nil }
        var place = at + word.utf8CodeUnitCount
        while byte(place) == 0x22 || byte(place) == 0x27 || byte(place) == 0x20, place - at < 40 { place += 1 }
        guard byte(place) == 0x3A || byte(place) == 0x3D else { return nil }
        place += 1
        while byte(place) == 0x22 || byte(place) == 0x27 || byte(place) == 0x20, place - at < 48 { place += 1 }
        let begin = place
        while byte(place) > 0x20, ![0x22, 0x27, 0x2C, 0x3B, 0x7D, 0x29].contains(byte(place)), place - begin < 4096 {
            place += 1
        }
        // Not within a character.
        while byte(place) & 0xC0 == 0x80 { place += 1 }
        guard place - begin >= 6 else { return nil }
        // `token: something` in prose is none: a secret has a digit or both cases in it.
        let value = bytes[begin..<place]
        let isMixed =
            value.contains { $0.isDigit } || value.contains { $0 &- 0x41 < 26 } && value.contains { $0 &- 0x61 < 26 }
        return isMixed ? place : nil
    }
}
