import PitConfig
import PitConnect

@testable import PitThemes

/// A configuration or a theme is read, or every issue says where it is.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = Input(start, count)
    if input.choice(3) == 0 {
        let source = ThemeSource(name: "mine", file: "mine.yaml", text: input.text)
        let (themes, faults) = ThemeReader([source]).read()
        expect(themes.count == 1 || !faults.isEmpty, "no theme, and nothing said of it")
        for fault in faults { checkWords(fault.description) }
        return 0
    }
    let reader = ConfigReader(kinds: connectorCatalog.map { $0.about }, profiles: profileCatalog.map(\.id))
    let outcome = reader.read(input.text, file: "config.yaml")
    expect(outcome.config != nil || !outcome.issues.isEmpty, "no configuration, and nothing said of it")
    expect(outcome.issues.count <= 200, "\(outcome.issues.count) issues")
    for issue in outcome.issues { checkWords("\(issue)") }
    return 0
}

private func checkWords(_ words: String) {
    expect(words.utf8.count < 20_000, "\(words.utf8.count) bytes of words about a small file")
}
