import PitModel
import PitParse

/// A page's rows lie in the page, can be read again one by one, and every line that gave none is counted.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = Input(start, count)
    let types = ["text/plain; version=0.0.4", "application/openmetrics-text; version=1.0.0", nil, ""]
    let type = types[input.choice(types.count)]
    let bytes = input.bytes
    let page = ExpositionParser.parse(bytes, contentType: type)
    expect(page.bytes == bytes, "the page is not what was read")
    expect(page.badLines.count == min(page.badLineCount, MetricsPage.badLineLimit), "bad lines are lost")
    var last = 0
    for row in page.rows {
        let (from, to) = (Int(row.start), Int(row.start) + Int(row.length))
        expect(from >= last && to > from && to <= bytes.count, "a row is out of the page or of its order")
        expect(!bytes[last..<from].isEmpty || last == 0, "two rows on one line")
        last = to
        guard let key = page.key(of: row) else { fatalError("a row's series cannot be read again") }
        expect(SeriesText.key(SeriesText.spell(key).utf8) == key, "a series spelled out is another")
    }
    expect(page.samples.reduce(0) { n, _ in n + 1 } == page.rows.count, "samples are lost")
    checkLines(bytes, page, isOpenMetrics: type?.hasPrefix("application/openmetrics") == true)
    for bad in page.badLines { expect(bad.excerpt.utf8.count <= 360, "a long excerpt") }
    return 0
}

/// By the old format a line is blank, a comment, a row or bad; and nothing but the page's cut end is bad beside.
private func checkLines(_ bytes: [UInt8], _ page: MetricsPage, isOpenMetrics: Bool) {
    guard !isOpenMetrics, !bytes.suffix(6).contains(0x45) else { return }
    var samples = 0
    var comments = 0
    for line in bytes.split(separator: 0x0A) {
        guard let first = line.first(where: { $0 != 0x20 && $0 != 0x09 }) else { continue }
        if first == 0x23 { comments += 1 } else { samples += 1 }
    }
    let given = page.rows.count + page.badLineCount
    expect(given >= samples && given <= samples + comments + 1, "\(samples) lines gave \(given) rows and faults")
}
