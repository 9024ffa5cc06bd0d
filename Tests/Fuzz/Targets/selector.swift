import PitModel
import PitParse

/// A selector that is read can be spelled and read again, and its matchers answer for any text in bounded time.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = Input(start, count)
    let isPattern = input.choice(2) == 1
    let text = input.text
    if isPattern {
        let parts = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        let set = MatcherSet([Matcher("a", String(parts[0]), isRegex: true, isEqual: true)])
        let other = MatcherSet([Matcher("a", String(parts[0]), isRegex: true, isEqual: false)])
        for subject in ["", "a", "vllm:num_requests", parts.count > 1 ? String(parts[1]) : "\u{0}"] {
            let (yes, no) = (set.matches(["a": subject]), other.matches(["a": subject]))
            expect(!(yes && no), "it matches and does not")
        }
        return 0
    }
    guard let matchers = try? SelectorText.parse(text) else { return 0 }
    let spelled = SelectorText.spell(matchers)
    guard let again = try? SelectorText.parse(spelled) else { fatalError("cannot be read again: \(spelled)") }
    expect(again.sorted(by: before) == matchers.sorted(by: before), "\(spelled) is another selector")
    _ = MatcherSet(matchers).matches([Label("a", "b"), Label("job", text)])
    return 0
}

/// A name may come to stand first when it is spelled.
private func before(_ a: Matcher, _ b: Matcher) -> Bool { "\(a)" < "\(b)" }
