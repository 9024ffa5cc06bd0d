import PitModel
import PitStatistics
import Testing

private func exchange(
    _ response: String?, prompt: String = "How are you?", system: String? = nil,
    attributes: [String: Interaction.Attribute] = [:]
) -> Interaction {
    Interaction(
        id: "1", connection: ConnectionName("a"), at: Timestamp(seconds: 0),
        messages: (system.map { [.init("system", $0)] } ?? []) + [.init("user", prompt)], response: response,
        attributes: attributes)
}

private func word(_ key: String, _ exchange: Interaction) -> String? {
    if case .text(let text)? = ResponseDescriptors.describe(exchange)[key] { text } else { nil }
}

private func number(_ key: String, _ exchange: Interaction) -> Double? {
    if case .number(let number)? = ResponseDescriptors.describe(exchange)[key] { number } else { nil }
}

@Suite struct ResponseDescriptorTests {
    @Test(
        arguments: [
            ("The order of the goods is on its way to you and will be with you in two days.", "en"),
            ("Die Bestellung ist auf dem Weg und wird in zwei Tagen bei Ihnen sein.", "de"),
            ("La commande est en route et sera chez vous dans les deux jours qui viennent.", "fr"),
            ("El pedido está en camino y lo tendrá en su casa en un par de días, por favor.", "es"),
            ("O pedido já está a caminho e você o terá em sua casa em dois dias, não se preocupe.", "pt"),
            ("L'ordine è in viaggio e sarà da te in due giorni, non ti preoccupare per il resto.", "it"),
            ("De bestelling is onderweg en wordt binnen twee dagen bij u thuis bezorgd met een pakket.", "nl"),
            ("Zamówienie jest w drodze i w ciągu dwóch dni będzie u Ciebie, proszę się nie martwić.", "pl"),
            ("Заказ уже в пути и будет у вас в течение двух дней, не волнуйтесь.", "ru"),
            ("Замовлення вже в дорозі та буде у вас протягом двох днів, не хвилюйтеся.", "uk"),
            ("您的订单已在路上，两天内送达。", "zh"), ("ご注文の商品は二日以内に届きます。", "ja"),
            ("주문하신 상품은 이틀 안에 도착합니다.", "ko"), ("الطلب في الطريق إلى بيتك و هو من هذا المتجر", "ar"),
            ("xqzt blorf 123", "unknown"),
        ])
    func tellsLanguages(_ text: String, _ language: String) {
        #expect(word("response_language", exchange(text)) == language)
    }

    @Test func tellsScripts() {
        #expect(word("response_script", exchange("Ελληνικά και abc")) == "greek")
        #expect(word("response_script", exchange("12:30 -- 14")) == nil)
        #expect(word("prompt_script", exchange("x", prompt: "Привет")) == "cyrillic")
    }

    @Test(
        arguments: [
            ("I’m sorry, but I can’t help with that.", "yes"), ("Lo siento, pero no puedo ayudar con eso.", "yes"),
            ("As an AI language model I have no opinion.", "yes"),
            ("Sure! You can't miss it: turn left.", "no"), ("", "no"),
            (String(repeating: "All is well. ", count: 50) + "I cannot assist.", "no"),
        ])
    func tellsRefusals(_ text: String, _ verdict: String) {
        #expect(word("refusal", exchange(text)) == verdict)
    }

    @Test func judgesJSONOnlyWhereItWasAskedFor() {
        let object = "{\"a\": [1, -2.5e3, true, null, \"\\u00e9\\n\"]}"
        #expect(word("json_validity", exchange(object)) == nil)
        #expect(word("json_validity", exchange(object, prompt: "Answer as JSON.")) == "valid")
        #expect(word("json_validity", exchange("```json\n\(object)\n```", system: "json only")) == "fenced")
        for bad in ["{\"a\": 01}", "{'a': 1}", "[1,]", "{\"a\" 1}", "\"\n\"", "tru", "{} {}", "1.", "-"] {
            #expect(word("json_validity", exchange(bad, prompt: "JSON")) == "invalid", "\(bad)")
        }
        #expect(word("json_validity", exchange(object, prompt: "Jsonville?")) == nil)
        let asked = ["response_format": Interaction.Attribute.text("json_schema")]
        #expect(word("json_validity", exchange("no", attributes: asked)) == "invalid")
        let deep = String(repeating: "[", count: 100_000)
        #expect(word("json_validity", exchange(deep, prompt: "JSON")) == nil)
        #expect(word("json_validity", exchange(String(deep.prefix(20_000)), prompt: "JSON")) == "invalid")
    }

    @Test func measuresWords() throws {
        let plain = exchange("one two three four five six seven eight nine ten eleven twelve")
        #expect(number("type_token_ratio", plain) == 1)
        #expect(number("repetition", plain) == 0)
        #expect(number("response_words", plain) == 12)
        let again = exchange(String(repeating: "buy it now again ", count: 40))
        #expect(try #require(number("type_token_ratio", again)) < 0.1)
        #expect(try #require(number("repetition", again)) > 0.9)
        #expect(try #require(number("compression_ratio", again)) > 20)
        #expect(number("type_token_ratio", exchange("too short")) == nil)
        #expect(number("compression_ratio", exchange("too short")) == nil)
        #expect(number("response_length", exchange("naïve 日本")) == 8)
        #expect(number("response_words", exchange("日本語だ")) == 4)
    }

    @Test func measuresCode() throws {
        #expect(number("code_share", exchange("Let us begin. If (ever) you import goods, return soon.")) == 0)
        let fenced = exchange("So:\n```python\nprint(1)\nprint(2)\n```\nDone")
        #expect(try #require(number("code_share", fenced)) > 0.4)
        let bare = exchange("#include <stdio.h>\nint main() {\n  return 0;\n}\n")
        #expect(try #require(number("code_share", bare)) > 0.9)
    }

    @Test func takesAlongWhatTheSourceTells() {
        let carried = exchange(
            "x", attributes: ["temperature": .number(0.2), "tier": .text("gold"), "pitwall.cut_from_bytes": .number(9)])
        #expect(number("attribute.temperature", carried) == 0.2)
        #expect(word("attribute.tier", carried) == "gold")
        #expect(ResponseDescriptors.describe(carried)["attribute.pitwall.cut_from_bytes"] == nil)
        #expect(ResponseDescriptors.feature("attribute.tier").title == "tier")
        #expect(ResponseDescriptors.feature("latency").unit == .seconds)
    }

    @Test func anExchangeWithoutResponseHasNoneOfItsMeasures() {
        let found = ResponseDescriptors.describe(exchange(nil))
        #expect(found["failed"] == .text("yes"))
        #expect(!found.keys.contains { $0.hasPrefix("response_") || $0 == "refusal" || $0 == "code_share" })
        let silent = ResponseDescriptors.describe(
            Interaction(id: "1", connection: ConnectionName("a"), at: Timestamp(seconds: 0), messages: []))
        #expect(silent == ["failed": .text("yes")])
    }

    @Test func aResponseOfFiveMegabytesIsMeasuredByItsBeginning() {
        let huge = String(repeating: "é lorem ipsum dolor ", count: 250_000)
        #expect(number("response_length", exchange(huge)) == 5_000_000)
        #expect(number("response_words", exchange(huge)).map { $0 < 10_000 } == true)
        #expect(word("json_validity", exchange(huge, prompt: "JSON")) == nil)
    }

    @Test func keysAreAContractAndEachIsThereOnce() {
        let keys = responseCatalog.map { $0.key }
        #expect(Set(keys).count == keys.count)
        #expect(keys.allSatisfy { $0.allSatisfy { $0.isLowercase || $0 == "_" } })
        #expect(responseCatalog.allSatisfy { !$0.title.isEmpty })
    }
}

@Suite struct SampleComparisonTests {
    private func normal(_ count: Int, mean: Double = 0, seed: UInt64) -> FeatureValues {
        var random = Seeded(state: seed)
        return .numbers(OrderedValues((0..<count).map { _ in mean + random.normal() }))
    }

    @Test func takesTheMethodThatSuitsTypeAndSize() throws {
        func method(_ a: FeatureValues, _ b: FeatureValues) throws -> String {
            try #require(SampleComparison(a, b, significance: 0.001)).method
        }
        #expect(try method(normal(500, seed: 1), normal(500, seed: 2)) == "KS")
        #expect(try method(normal(2000, seed: 1), normal(500, seed: 2)) == "Wasserstein")
        #expect(
            try method(.categories(["a": 50, "b": 50, "c": 40]), .categories(["a": 50, "b": 60, "c": 9]))
                == "chi-square")
        #expect(try method(.categories(["a": 50, "b": 50]), .categories(["a": 50, "b": 60])) == "Z")
        #expect(try method(.categories(["a": 900, "b": 500]), .categories(["a": 50, "b": 60])) == "JS")
    }

    @Test func aShiftIsBeyondTheLimitAndSamenessIsNot() throws {
        for sizes in [(300, 200), (3000, 1000)] {
            let same = try #require(
                SampleComparison(normal(sizes.0, seed: 3), normal(sizes.1, seed: 4), significance: 0.001))
            #expect(same.score < same.limit && same.pValue > 0.001)
            let moved = try #require(
                SampleComparison(normal(sizes.0, seed: 3), normal(sizes.1, mean: 1, seed: 4), significance: 0.001))
            #expect(moved.score > moved.limit && moved.pValue < 1e-6)
            #expect(moved.bins.nReference == Double(sizes.0) && moved.bins.nCurrent == Double(sizes.1))
        }
    }

    @Test func oneValueOnBothSidesIsNoChange() throws {
        let constant = FeatureValues.numbers(OrderedValues([Double](repeating: 7, count: 100)))
        let same = try #require(SampleComparison(constant, constant, significance: 0.001))
        #expect(same.score < same.limit && same.pValue == 1)
        let word = FeatureValues.categories(["a": 100])
        let alike = try #require(SampleComparison(word, word, significance: 0.001))
        #expect(alike.score < alike.limit && alike.pValue == 1)
        let other = try #require(
            SampleComparison(constant, .numbers(OrderedValues([Double](repeating: 8, count: 100))), significance: 0.001)
        )
        #expect(other.score > other.limit && other.pValue < 1e-6)
        #expect(SampleComparison(.numbers(OrderedValues([])), constant, significance: 0.001) == nil)
    }

    @Test func limitsOfTestsAreWhatChanceExceedsSoOften() {
        // scipy.stats.chi2.isf(0.001, 3), norm.isf(0.0005)
        #expect(abs(ChiSquareTest.critical(3, 0.001) - 16.26623619623813) < 1e-9)
        #expect(abs(TwoProportions.critical(0.001) - 3.2905267314918945) < 1e-9)
    }

    @Test func wordsThatMovedAreNamed() throws {
        let before = (0..<100).map { "please open the settings page number \($0)" }
        let now = (0..<100).map { "please call the kestrel hotline number \($0)" }
        let moved = WordShift.moved(before, now, most: 4)
        #expect(Set(moved.map(\.word)).isSuperset(of: ["kestrel", "hotline"]))
        #expect(moved.allSatisfy { abs($0.reference - $0.current) == 1 })
        let shares = OutOfVocabulary.shares(before, now)
        #expect(shares.reference.count == 50 && shares.current.count == 100)
        #expect(shares.current.allSatisfy { $0 >= 3.0 / 7 })
        #expect(WordShift.moved([], now, most: 4).isEmpty)
    }

    @Test func embeddingsThatTurnAreToldFromThoseThatStay() throws {
        var random = Seeded(state: 5)
        func cloud(_ count: Int, _ first: Double) -> [[Double]] {
            (0..<count).map { _ in [first, 1, 0].map { $0 + 0.3 * random.normal() } }
        }
        let (a, b, c) = (cloud(80, 1), cloud(80, 1), cloud(80, -1))
        let same = try #require(EmbeddingDrift.compare(a, b))
        #expect(same.centroid < 0.05 && same.centroidP > 0.001 && same.discrepancyP > 0.001)
        let turned = try #require(EmbeddingDrift.compare(a, c))
        #expect(turned.centroid > 0.2 && turned.centroidP < 1e-6 && turned.discrepancyP < 1e-6)
        #expect(EmbeddingDrift.compare(a, []) == nil)
    }
}
