extension Timestamp {
    /// Reads `2026-11-23T09:18:31.123456789Z` or with an offset; what is finer than a millisecond is cut off.
    public init?(rfc3339 text: String) {
        let bytes = Array(text.utf8)
        func number(_ start: Int, _ count: Int) -> Int? {
            guard start + count <= bytes.count else { return nil }
            var value = 0
            for byte in bytes[start..<start + count] {
                guard byte &- 0x30 <= 9 else { return nil }
                value = value * 10 + Int(byte &- 0x30)
            }
            return value
        }
        guard bytes.count >= 20, bytes.count <= 40, let year = number(0, 4), let month = number(5, 2),
            let day = number(8, 2),
            let hour = number(11, 2), let minute = number(14, 2), let second = number(17, 2),
            bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[10] | 0x20 == 0x74, (1...12).contains(month),
            (1...31).contains(day),
            hour < 24, minute < 60, second <= 60
        else { return nil }
        var at = 19
        var milliseconds = 0
        if bytes[at] == 0x2E {
            at += 1
            var weight = 100
            let start = at
            while at < bytes.count, bytes[at] &- 0x30 <= 9 {
                milliseconds += Int(bytes[at] &- 0x30) * weight
                weight /= 10
                at += 1
            }
            guard at > start else { return nil }
        }
        guard at < bytes.count else { return nil }
        var offset = 0
        if bytes[at] | 0x20 == 0x7A {
            guard at + 1 == bytes.count else { return nil }
        } else {
            guard bytes[at] == 0x2B || bytes[at] == 0x2D, at + 6 == bytes.count, let hours = number(at + 1, 2),
                let minutes = number(at + 4, 2)
            else { return nil }
            offset = (hours * 60 + minutes) * (bytes[at] == 0x2D ? -60 : 60)
        }
        let days = CivilDate.days(year: year, month: month, day: day)
        let seconds = days * 86400 + hour * 3600 + minute * 60 + second - offset
        self.init(milliseconds: Int64(seconds) * 1000 + Int64(milliseconds))
    }

    /// `2026-11-23T09:18:31.123Z`.
    public var rfc3339: String {
        let clock = CivilDate(self)
        func pad(_ value: Int, _ width: Int) -> String {
            let digits = "\(value)"
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let date = "\(pad(clock.year, 4))-\(pad(clock.month, 2))-\(pad(clock.day, 2))"
        let time = "\(pad(clock.hour, 2)):\(pad(clock.minute, 2)):\(pad(clock.second, 2))"
        return "\(date)T\(time).\(pad(clock.millisecond, 3))Z"
    }
}

/// A date and a time of day in the proleptic Gregorian calendar (Howard Hinnant, "chrono-Compatible Low-Level Date
/// Algorithms").
public struct CivilDate: Equatable, Sendable {
    public var year, month, day, hour, minute, second, millisecond: Int

    /// At a moment, `offset` seconds east of UTC.
    public init(_ at: Timestamp, offset: Int = 0) {
        let total = min(max(at.milliseconds, -62_135_596_800_000), 253_402_300_799_999) + Int64(offset) * 1000
        let (days, rest) = (Int((total - (total < 0 ? 86_399_999 : 0)) / 86_400_000), 0)
        let inDay = Int(total - Int64(days) * 86_400_000) + rest
        (hour, minute) = (inDay / 3_600_000, inDay / 60000 % 60)
        (second, millisecond) = (inDay / 1000 % 60, inDay % 1000)
        let z = days + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shifted + 2) / 5 + 1
        month = shifted < 10 ? shifted + 3 : shifted - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Days from 1970-01-01.
    static func days(year: Int, month: Int, day: Int) -> Int {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
