/// A date and a time of day in the proleptic Gregorian calendar.
///
/// The algorithm is Howard Hinnant's ("chrono-Compatible Low-Level Date Algorithms", civil_from_days).
struct CalendarTime: Equatable {
    var year, month, day, hour, minute, second: Int

    /// At `time` seconds since the epoch, `utcOffset` seconds east of UTC; nil outside of the years 1 to 9999.
    init?(_ time: Double, utcOffset: Int) {
        let local = (time + Double(utcOffset)).rounded(.down)
        guard local >= -62_135_596_800, local <= 253_402_300_799 else { return nil }
        let total = Int(local)
        let days = (total - (total < 0 ? 86399 : 0)) / 86400
        let inDay = total - days * 86400
        (hour, minute, second) = (inDay / 3600, inDay / 60 % 60, inDay % 60)
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

}
