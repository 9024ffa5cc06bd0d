import PitSafety
import Testing

private let all = Redaction(Set(Redaction.Kind.allCases))

/// A text, and what becomes of it. The numbers are published test numbers, or made to fit their checks.
private let changed: [(String, String)] = [
    ("write to ana.b+x@mail.example.co.uk.", "write to [email]."),
    ("<jürgen@example.de>", "<[email]>"),
    ("card 4111 1111 1111 1111, exp 12/30", "card [card], exp 12/30"),
    ("5555-5555-5555-4444", "[card]"),
    ("378282246310005", "[card]"),
    ("IBAN DE89 3704 0044 0532 0130 00 please", "IBAN [iban] please"),
    ("GB29NWBK60161331926819", "[iban]"),
    ("ssn 536-90-4399.", "ssn [ssn]."),
    ("NHS 943 476 5919", "NHS [nhs]"),
    ("call +49 (0)30 901820 now", "call [phone] now"),
    ("call (415) 555-0132 or 415-555-0132", "call [phone] or [phone]"),
    ("020 7946 0958", "[phone]"),
    ("from 10.20.30.40:8080", "from [ip]:8080"),
    ("4111 1111 1111 1111 536-90-4399", "[card] [ssn]"),
    ("943 476 5919 88", "[nhs] 88"),
    ("ticket 88231-4 424 235 2948", "ticket 88231-4 [nhs]"),
    ("(415) 555-0132 572-87-2212", "[phone] [ssn]"),
    ("from 2001:db8:85a3::8a2e:370:7334 on", "from [ip] on"),
    ("device 00:1A:2B:3C:4D:5E", "device [mac]"),
    ("to bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "to [crypto]"),
    ("postgres://app:s3cretPw@db.example:5432/x", "postgres://[secret]@db.example:5432/x"),
    ("AKIAIOSFODNN7EXAMPLE", "[secret]"),
    ("key sk-ant-api03-abcdefghijklmnopqrstuvwx!", "key [secret]!"),
    ("ghp_abcdefghijklmnopqrstuvwxyz0123456789", "[secret]"),
    (
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
        "[secret]"
    ),
    ("{\"password\": \"hunter2-Blue\"}", "{\"[secret]\"}"),
    ("Authorization: Bearer abcdefghijklmnop1234", "Authorization: [secret]"),
    ("-----BEGIN RSA PRIVATE KEY-----\nMIIEow==\n-----END RSA PRIVATE KEY-----\nrest", "[secret]\nrest"),
]

/// What only looks like it.
private let kept = [
    "order 4111 1111 1111 1112", "on 2026-11-24 at 10:31", "version 1.2.3.4.5", "256.1.1.1", "id 1234567890123",
    "DE89370400440532013002", "000-12-3456", "a@b", "@handle", "user@localhost", "the token: something else",
    "sk-short", "9434765918", "3.14159265358979", "tokens per second = 1200", "room 12-34-56",
    "4e1111111111111111", "", "std::vector<int> a::b", "at 10:45:30",
    "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdd",
]

@Suite struct RedactionTests {
    @Test(arguments: changed) func whatIsPrivateIsNamedAndGone(text: String, wanted: String) {
        #expect(all.apply(text) == wanted)
        #expect(all.apply("x \(text)") == "x \(wanted)")
        #expect(all.apply(all.apply(text)) == all.apply(text))
    }

    @Test(arguments: kept) func whatOnlyLooksLikeItStays(text: String) { #expect(all.apply(text) == text) }

    @Test func noCharacterIsCutInTwoWhereAPlaceIsBounded() {
        let long = String(repeating: "é", count: 40)
        #expect(all.apply("x\(long)ana@example.org") == "x\(long.dropLast(30))[email]")
        let value = "password=12" + String(repeating: "日", count: 3000)
        #expect(all.apply(value) == "[secret]" + String(repeating: "日", count: 1635))
    }

    @Test func onlyWhatIsAskedForIsTaken() throws {
        let some = try #require(Redaction(["email"]))
        #expect(some.apply("a@example.com 4111111111111111") == "[email] 4111111111111111")
        #expect(Redaction(["email", "mood"]) == nil)
        #expect(Redaction.kinds.contains("iban"))
    }

    /// Whatever the bytes are: no trap, spans in order and inside, and nothing found in what is left.
    @Test func anyTextIsBorne() {
        var random = SystemRandomNumberGenerator()
        let parts =
            changed.map(\.0) + kept + ["@", "+", "(", "--", "eyJ.", "-----BEGIN ", "\u{0}", "é", "🏁", " ", "\n"]
        for _ in 0..<2000 {
            let text = (0..<Int.random(in: 0...8, using: &random)).map { _ in parts.randomElement(using: &random) ?? ""
            }
            .joined()
            let spans = all.spans(in: text)
            for (a, b) in zip(spans, spans.dropFirst()) { #expect(a.range.upperBound <= b.range.lowerBound) }
            #expect(spans.allSatisfy { !$0.range.isEmpty && $0.range.upperBound <= text.utf8.count })
        }
        let long = String(repeating: "-----BEGIN a@", count: 20_000) + String(repeating: "1 ", count: 50_000)
        #expect(!all.apply(long).isEmpty)
    }
}
