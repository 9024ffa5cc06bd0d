import Glibc
import PitModel

/// When a request is sent again, and after which pause.
enum RetryRule {
    /// Requests sent at most for one that was asked for.
    static let attempts = 3
    /// Seconds: the first pause is anywhere up to this, the next up to twice as much.
    static let base = 0.1

    static func isTransient(_ status: Int) -> Bool { [429, 502, 503, 504].contains(status) }

    /// Seconds: "full jitter", so that many who failed together do not come back together. What the server asks for
    /// is the least.
    static func pause(after attempt: Int, retryAfter: Double?, random: Double) -> Double {
        let longest = base * Double(1 << max(0, min(attempt - 1, 10)))
        return max(0, retryAfter ?? 0) + longest * random
    }

    /// Seconds that `Retry-After` asks for: a number, or a date as RFC 9110 writes it.
    static func seconds(ofRetryAfter value: String, now: Double) -> Double? {
        if !value.isEmpty, value.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) { return Double(value) }
        let parts = value.split(separator: " ")
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: String(parts[2])) else {
            return nil
        }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        guard let time = Timestamp(rfc3339: "\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z") else { return nil }
        return max(0, time.seconds - now)
    }

    static func retryAfter(_ reply: HTTPReply) -> Double? {
        reply.header("retry-after").flatMap { seconds(ofRetryAfter: $0, now: Double(time(nil))) }
    }
}
