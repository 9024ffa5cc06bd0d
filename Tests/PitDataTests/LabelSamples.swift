import PitModel

/// Judged items for the tests of exports: two people, every kind of question, texts that are hard to write.
enum LabelSamples {
    static let version = "0.0.0"

    static let thumbs = Rubric(
        name: "thumbs", title: "Is the answer good?", guidelines: "Good:\n\n# correct\n\nBad: anything else",
        questions: [
            RubricQuestion(
                "quality", title: "Good or bad",
                kind: .choice([
                    RubricChoice("good", isGood: true), RubricChoice("bad", isGood: false), RubricChoice("unsure"),
                ])),
            RubricQuestion("score", title: "How good", kind: .rating(from: 1, to: 5), isRequired: false),
            RubricQuestion(
                "tags", title: "What is in it", kind: .choices([RubricChoice("rude"), RubricChoice("long")])),
            RubricQuestion("marks", title: "Where", kind: .spans([RubricChoice("wrong"), RubricChoice("private")])),
            RubricQuestion("why", title: "Why", kind: .text, isRequired: false),
            RubricQuestion("corrected", title: "As it should be", kind: .correction, isRequired: false),
        ])
    static let pairs = Rubric(
        name: "pairs", version: 2, title: "Which is better?",
        questions: [RubricQuestion("better", title: "Better", kind: .preference)])
    static let ranks = Rubric(
        name: "ranks", title: "In order", questions: [RubricQuestion("order", title: "Best first", kind: .ranking(3))])
    static let rubrics = [thumbs, pairs, ranks]

    static func at(_ seconds: Int) -> Timestamp { Timestamp(seconds: 1_764_000_000 + Double(seconds)) }

    static func item(
        _ number: Int, _ messages: [Interaction.Message], _ answers: [String],
        _ said: [(author: String, question: String, value: JudgedValue?)], rubric: Rubric = thumbs
    ) -> JudgedItem {
        let name = "t-" + String(repeating: "0", count: max(0, 4 - "\(number)".count)) + "\(number)"
        let target = JudgedTarget(
            connection: ConnectionName("chat-log"), interaction: name, model: ModelName("support-chat"), release: "r14",
            at: at(number * 60), textHash: "", messages: messages, answers: answers,
            sources: answers.count > 1 ? answers.indices.map { "r\($0)" } : [])
        return JudgedItem(
            id: "chat-log/\(name)", queue: "nightly", target: target,
            judgements: said.enumerated().map { place, each in
                Judgement(
                    id:
                        "0000000\(place)-0000-4000-8000-00000000\(String(repeating: "0", count: max(0, 4 - "\(number)".count)))\(number)",
                    at: at(100_000 + number * 10 + place), author: each.author, queue: "nightly",
                    item: "chat-log/\(name)", rubric: rubric.reference, question: each.question, value: each.value,
                    comment: each.question == "quality" && each.value == .choice("bad") ? "=SUM(1,2) \"no\"" : "",
                    seconds: 1.5)
            })
    }

    static func user(_ text: String) -> Interaction.Message { Interaction.Message("user", text) }

    /// A name in five scripts, a tab, an escape, a line separator, a quote, an emoji of several scalars.
    static let hard = "Zoë \u{1B}[31m\t\"q\" \\ \u{2028} 東京 \u{202E}abc \u{0}\r\n👩‍👩‍👧 end."

    static let items: [JudgedItem] =
        [
            item(
                1, [user("How do I reset my password?")], ["Use the link on the sign-in page."],
                [
                    ("ana", "quality", .choice("good")), ("ana", "score", .number(5)),
                    ("bo", "quality", .choice("good")),
                    ("bo", "score", .number(4)),
                ]),
            item(
                2, [Interaction.Message("system", "Be brief."), user(hard)], ["I can't. \(hard)"],
                [
                    ("ana", "quality", .choice("bad")), ("ana", "corrected", .correction("Certainly: \(hard)")),
                    ("ana", "tags", .choices(["long", "rude"])), ("ana", "why", .text("refuses\nwithout a reason")),
                    ("bo", "quality", .choice("bad")),
                ]),
            item(
                3, [user("Who won?")], ["Nobody knows."],
                [("ana", "quality", .choice("good")), ("bo", "quality", .choice("bad"))]),
            item(
                4, [user("Write to me at ana.kestrel@example.org")], ["Mail to ana.kestrel@example.org went out, Zoë."],
                [
                    ("ana", "quality", .choice("good")),
                    (
                        "ana", "marks",
                        .spans([
                            JudgedSpan(8, 31, tag: "private", text: "ana.kestrel@example.org"),
                            JudgedSpan(42, 46, tag: "wrong", text: "Zoë"),
                        ])
                    ),
                ]),
            item(
                5, [user("Tea or coffee?")], ["Tea.", "Coffee."],
                [
                    ("ana", "better", .preference(.first)), ("bo", "better", .preference(.first)),
                ], rubric: pairs),
            item(
                6, [user("Cats or dogs?")], ["Cats.", "Dogs."],
                [
                    ("ana", "better", .preference(.second)), ("bo", "better", .preference(.tie)),
                    ("cy", "better", .preference(.second)),
                ], rubric: pairs),
            item(
                7, [user("Left or right?")], ["Left.", "Right."], [("bo", "better", .preference(.neither))],
                rubric: pairs),
            item(
                8, [user("Rank these")], ["one", "two", "three"],
                [
                    ("ana", "order", .ranking([1, 0, 2])), ("bo", "order", .ranking([1, 2, 0])),
                ], rubric: ranks),
            item(
                9, [user("Tea?"), Interaction.Message("assistant", "Yes."), user("Milk?")], ["A little."],
                [
                    ("bo", "quality", .choice("good"))
                ]),
            item(10, [user("Unjudged?")], ["It is."], []),
            item(
                11, [user("How do I reset my password?")], ["Use the link on the sign-in page."],
                [
                    ("cy", "quality", .choice("good"))
                ]),
            item(12, [user("Unsure?")], ["Perhaps."], [("cy", "quality", .choice("unsure"))]),
        ]
        + (13...18).map { number in
            item(
                number, [user("What is \(number) times two?")], ["It is \(number * 2).\n\nShall I go on?"],
                [("bo", "quality", .choice("good"))])
        }
}
