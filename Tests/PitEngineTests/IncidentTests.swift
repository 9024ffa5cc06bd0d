import PitEngine
import PitModel
import PitStore
import Testing

private let start = Timestamp(seconds: 1_700_000_000)

@Test(
    "an incident tells the change before the first alert, what people did, and what the signals showed; gaps are gaps")
func incident() throws {
    let model = ModelName("m")
    var evidence = Incident.Evidence()
    evidence.events = [
        Event(at: start.advanced(by: 10), kind: .release, model: model, title: "serving/m r14 released by bo"),
        Event(at: start.advanced(by: 60), kind: .alertFired, model: model, title: "<HighTTFT>"),
        Event(at: start.advanced(by: 90), kind: .alertResolved, model: model, title: "<HighTTFT>"),
        Event(at: start.advanced(by: 900), kind: .alertFired, model: model, title: "Later"),
    ]
    evidence.audit = [
        AuditEntry(
            sequence: 1, at: start.advanced(by: 70), author: "ana", identity: "", what: "acknowledge", subject: "f1",
            detail: "on it", hash: "")
    ]
    evidence.charts = [
        Incident.Chart(
            model: model, signal: .ttftP95, start: start, step: 60, values: [0.2, nil, 4, .nan, 1], limit: 2),
        Incident.Chart(model: model, signal: .errorRatio, start: start, step: 60, values: [nil, nil]),
    ]
    let told = Incident(from: start, to: start.advanced(by: 300), model: model, author: "ana", evidence)
    let markdown = told.markdown(pictures: ["i-1.svg"])
    #expect(markdown.contains("- 1 alert fired, 1 resolved\n"))
    #expect(markdown.contains("the change before it: serving/m r14 released by bo"))
    #expect(markdown.contains("alert fired: \\<HighTTFT\\> (m)") && !markdown.contains("Later"))
    #expect(markdown.contains("ana: acknowledge f1, on it"))
    #expect(markdown.contains("promised 2 s") && markdown.contains("1 steps missing"), "\(markdown)")
    #expect(markdown.contains("![m: Time to first token p95](i-1.svg)"))
    #expect(markdown.contains("Nothing was asked of any system."))
    var marked = told.charts[0]
    marked.marks = [.init(start.advanced(by: 60), "<fired>")]
    let svg = marked.svg
    #expect(svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>") && svg.contains("&lt;fired&gt;"))
    // Two gaps: three strokes that are not connected.
    let path = svg.split(separator: "\n").first { $0.contains("#06c") }.map(String.init) ?? ""
    #expect(path.count { $0 == "M" } == 3 && !path.contains("L") && !svg.lowercased().contains("nan"), "\(path)")
    #expect(told.html.contains("<svg ") && told.html.hasSuffix("</body></html>\n"))
    #expect(!told.html.contains("<HighTTFT>"))
    let none = Incident(from: start, to: start.advanced(by: 1), model: nil, author: "ana", Incident.Evidence())
    #expect(none.markdown().contains("Nothing was seen to happen.") && none.markdown().contains("No exchange"))
}
