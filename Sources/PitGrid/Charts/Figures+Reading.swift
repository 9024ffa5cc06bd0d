extension Figures {
    /// Reads a duration as people type it, in seconds: `90`, `90s`, `15m`, `1h30m`, `2 d`, `250ms`; nil when it is
    /// none, or not above 0.
    public static func seconds(from text: String) -> Double? {
        let bytes = Array(text.utf8).filter { $0 != 0x20 }
        guard !bytes.isEmpty, bytes.count <= 32 else { return nil }
        var total = 0.0
        var at = 0
        var parts = 0
        while at < bytes.count {
            guard let (number, next) = decimal(bytes, at) else { return nil }
            var unit = next
            while unit < bytes.count, (0x61...0x7A).contains(bytes[unit] | 0x20) { unit += 1 }
            let name = String(decoding: bytes[next..<unit], as: UTF8.self).lowercased()
            if name.isEmpty, parts > 0 || unit < bytes.count { return nil }
            guard let factor = factor(of: name) else { return nil }
            total += number * factor
            (at, parts) = (unit, parts + 1)
        }
        return total > 0 && total.isFinite ? total : nil
    }

    private static func decimal(_ bytes: [UInt8], _ start: Int) -> (Double, Int)? {
        var at = start
        while at < bytes.count, (0x30...0x39).contains(bytes[at]) || bytes[at] == 0x2E { at += 1 }
        guard at > start, let number = Double(String(decoding: bytes[start..<at], as: UTF8.self)) else { return nil }
        return (number, at)
    }

    private static func factor(of unit: String) -> Double? {
        switch unit {
        case "ms": 0.001
        case "", "s", "sec": 1
        case "m", "min": 60
        case "h": 3600
        case "d": 86400
        case "w": 7 * 86400
        default: nil
        }
    }
}
