/// The words of a question by which passages are found.
public enum QuestionWords {
    /// Words of a question at most: what is longer is a text, and the first words say what it is about.
    public static let most = 64

    /// The words that say something, each once, in their order. Names with dots, colons and underscores in them
    /// (`vllm:num_requests_waiting`) stay whole. A question of nothing but words such as `is` and `the` has none.
    public static func of(_ question: String) -> [String] {
        let all = split(question).map { ($0, $0.lowercased().replacing("’", with: "'")) }
        // `die` is an article only where German is spoken.
        let counts = frequent.map { list in all.count { isFrequent($0.1, list) } }
        let list = frequent[counts.firstIndex(of: counts.max() ?? 0) ?? 0]
        var (words, seen): ([String], Set<String>) = ([], [])
        for (word, key) in all where !isFrequent(key, list) && seen.insert(key).inserted {
            words.append(word)
            if words.count == most { break }
        }
        return words
    }

    /// Runs of letters, digits and marks, with single characters that join names within them.
    private static func split(_ text: String) -> [String] {
        var (words, word): ([String], String) = ([], "")
        var joint: Character?
        func isPart(_ character: Character) -> Bool { character.isLetter || character.isNumber }
        for character in text.prefix(8192) {
            if isPart(character) {
                if let held = joint { word.append(held) }
                joint = nil
                word.append(character)
            } else if !word.isEmpty, joint == nil, "._:/-'’".contains(character) {
                joint = character
            } else {
                if !word.isEmpty { words.append(word) }
                (word, joint) = ("", nil)
            }
        }
        if !word.isEmpty { words.append(word) }
        return words
    }

    private static func isFrequent(_ word: String, _ list: Set<String>) -> Bool {
        list.contains(word) || word.split { $0 == "'" || $0 == "-" }.allSatisfy { list.contains(String($0)) }
    }

    /// Articles, pronouns, prepositions, auxiliaries and interrogatives of English, German, French and Spanish; the first
    /// where a question's words are in several. Words that name something in operations (`up`, `down`, `off`, `no`,
    /// `after`) are none of them.
    private static let frequent: [Set<String>] = [
        """
        a an the this that these those i me my we us our you your he him his she her it its they them their s t d m re
        ve ll don doesn didn isn aren wasn won is are was were be been being am do does did done doing have has had
        having can could will would shall should may might must of in on at by for from to with into about as and or
        but if then so than too very what which who whom whose when where why how there here please tell show let any
        some
        """,
        """
        der die das den dem des ein eine einen einem einer eines ich du er sie es wir ihr mich mir dich dir uns euch
        ist sind war waren sein bin hat haben hatte wird werden wurde kann können konnte soll sollte muss müssen tun tut
        und oder aber wenn dann als auch wie was wer wen wem wo wann warum wieso welche welcher welches von vom zu zum
        zur mit für bei im in ins auf aus an am man
        """,
        """
        le la les l un une des du de d au aux je tu il elle nous vous ils elles on ce cet cette ces mon ma mes son sa
        ses est sont était être ai as avons avez ont avoir fait faire peut doit et ou mais si que qu qui quoi quel
        quelle quels quelles quand où pourquoi comment dans sur par pour avec en y c s
        """,
        """
        el la los las un una unos unas del de al yo tú él ella ellos ellas nosotros mi su sus lo se es son era eran fue
        ser está están estar ha han hay haber puede debe y o pero si como que qué quién cuál cuándo dónde cómo por para
        con en sin
        """,
    ].map { Set($0.split { $0 == " " || $0 == "\n" }.map(String.init)) }
}
