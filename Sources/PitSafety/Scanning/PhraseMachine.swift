/// All phrases of all rules as one automaton (Aho and Corasick, 1975), a table of bytes to states: a text is read once,
/// however many phrases there are. Immutable, so that any number of threads read with it.
struct PhraseMachine: Sendable {
    /// A part of a rule that a phrase stands for.
    struct Place {
        var rule: Int32
        var part: Int32
    }

    struct Rule {
        /// Where the places of its parts begin among those of all rules.
        var base: Int
        var count: Int
        var gap: Int
    }

    /// Bytes of a phrase at most, with the spaces around it.
    static let longest = 120

    /// The next state: by state times `width` plus the byte's class.
    private(set) var next: [UInt16] = []
    /// A byte's class; 0 is that of bytes that are in no phrase.
    private(set) var classes = [UInt8](repeating: 0, count: 256)
    private(set) var shift = 0
    /// States from here on end a phrase.
    private(set) var firstEnd = 0
    /// For each state that ends phrases: where its phrases begin among `ends`.
    private(set) var endStarts: [Int32] = []
    /// The phrases that end in a state, one after another.
    private(set) var ends: [Int32] = []
    private(set) var lengths: [Int32] = []
    /// Whether it begins, and ends, with the space beside a word.
    private(set) var hasEdges: [Bool] = []
    private(set) var endsInSpace: [Bool] = []
    private(set) var places: [[Place]] = []
    private(set) var rules: [Rule] = []
    private(set) var placeCount = 0

    init(_ rules: [PhraseRule]) {
        var numbers: [[UInt8]: Int] = [:]
        var phrases: [[UInt8]] = []
        for (index, rule) in rules.enumerated() {
            self.rules.append(Rule(base: placeCount, count: rule.parts.count, gap: rule.gap))
            placeCount += rule.parts.count
            for (part, ways) in rule.parts.enumerated() {
                for bytes in Set(ways.map(Self.bytes)) where bytes.count > 1 && bytes.count <= Self.longest {
                    let number = numbers[bytes] ?? phrases.count
                    if number == phrases.count {
                        numbers[bytes] = number
                        phrases.append(bytes)
                        places.append([])
                    }
                    places[number].append(Place(rule: Int32(index), part: Int32(part)))
                }
            }
        }
        lengths = phrases.map { Int32($0.count) }
        hasEdges = phrases.map { $0.first == 0x20 }
        endsInSpace = phrases.map { $0.last == 0x20 }
        build(phrases)
    }

    /// A phrase as the automaton reads it: in lower case, with a space on either side that is a word's edge.
    static func bytes(of phrase: String) -> [UInt8] {
        let isStem = phrase.hasSuffix("*")
        var text = NormalText.bytes(isStem ? String(phrase.dropLast()) : phrase)
        while text.first == 0x20 { text.removeFirst() }
        while text.last == 0x20 { text.removeLast() }
        // What is written without spaces has no edges.
        let hasEdges = !(text.contains { (0xE0...0xED).contains($0) })
        return hasEdges ? [0x20] + text + (isStem ? [] : [0x20]) : text
    }

    private mutating func build(_ phrases: [[UInt8]]) {
        var count: UInt8 = 1
        for byte in phrases.joined() where classes[Int(byte)] == 0 {
            classes[Int(byte)] = count
            count += 1
        }
        while 1 << shift < Int(count) { shift += 1 }
        let width = 1 << shift
        // The trie, then for each state what its longest proper suffix would do.
        var table = [Int32](repeating: -1, count: width)
        var found: [[Int32]] = [[]]
        for (number, phrase) in phrases.enumerated() {
            var state = 0
            for byte in phrase {
                let slot = state * width + Int(classes[Int(byte)])
                if table[slot] < 0 {
                    table[slot] = Int32(found.count)
                    found.append([])
                    table += [Int32](repeating: -1, count: width)
                }
                state = Int(table[slot])
            }
            found[state].append(Int32(number))
        }
        var suffix = [Int](repeating: 0, count: found.count)
        var queue: [Int] = []
        for slot in 0..<width {
            if table[slot] > 0 { queue.append(Int(table[slot])) } else { table[slot] = 0 }
        }
        var head = 0
        while head < queue.count {
            let state = queue[head]
            head += 1
            found[state] += found[suffix[state]]
            for symbol in 0..<width {
                let slot = state * width + symbol
                let other = table[suffix[state] * width + symbol]
                if table[slot] > 0 {
                    suffix[Int(table[slot])] = Int(other)
                    queue.append(Int(table[slot]))
                } else {
                    table[slot] = other
                }
            }
        }
        number(table, found, width)
    }

    /// Numbers the states so that those that end phrases come last: one comparison tells.
    private mutating func number(_ table: [Int32], _ found: [[Int32]], _ width: Int) {
        precondition(found.count < 65_536, "too many phrases for the automaton")
        let order = found.indices.filter { found[$0].isEmpty } + found.indices.filter { !found[$0].isEmpty }
        var names = [Int](repeating: 0, count: order.count)
        for (name, state) in order.enumerated() { names[state] = name }
        next = [UInt16](repeating: 0, count: order.count * width)
        for (name, state) in order.enumerated() {
            for symbol in 0..<width {
                next[name * width + symbol] = UInt16(names[Int(table[state * width + symbol])])
            }
        }
        firstEnd = found.count { $0.isEmpty }
        for state in order[firstEnd...] {
            endStarts.append(Int32(ends.count))
            ends += found[state]
        }
        endStarts.append(Int32(ends.count))
    }
}

/// Text as phrases are compared in.
enum NormalText {
    /// For ASCII: what a byte counts as.
    static let folds: [UInt8] = (0..<256).map { byte in
        let byte = UInt8(byte)
        if byte >= 0x80 || byte.isAlphanumeric { return byte < 0x80 ? byte.lowered : byte }
        return 0x20
    }

    /// For phrases, which are short.
    static func bytes(_ text: String) -> [UInt8] {
        var result: [UInt8] = []
        for byte in Array(text.lowercased().utf8) {
            let folded = folds[Int(byte)]
            if folded == 0x20, result.last == 0x20 { continue }
            result.append(folded)
        }
        return result
    }
}
