import Foundation
import PitGrid
import Testing

/// Golden frames of every exhibit. `PITWALL_RECORD=1` records them.
struct WidgetGoldenTests {
    struct Golden: Sendable, CustomTestStringConvertible {
        var exhibit: WidgetExhibit
        var size: Size
        var glyphs: Glyphs
        var file: String {
            "\(exhibit.name)@\(size.width)x\(size.height)\(glyphs == .ascii ? "-ascii" : "").txt"
        }
        var testDescription: String { file }
    }

    static let goldens = WidgetExhibit.all.flatMap { exhibit in
        exhibit.sizes.map { Golden(exhibit: exhibit, size: $0, glyphs: .unicode) }
            + exhibit.sizes.suffix(1).map { Golden(exhibit: exhibit, size: $0, glyphs: .ascii) }
    }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")
    static let isRecording = ProcessInfo.processInfo.environment["PITWALL_RECORD"] == "1"

    @Test(arguments: goldens)
    func looksAsRecorded(_ golden: Golden) throws {
        let drawn = golden.exhibit.frame(golden.size, golden.glyphs).golden
        let file = Self.folder.appending(path: golden.file)
        if Self.isRecording {
            try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
            try Data(drawn.utf8).write(to: file)
        }
        let recorded = try #require(try? String(contentsOf: file, encoding: .utf8), "not recorded: \(golden.file)")
        #expect(drawn == recorded)
    }

    @Test func everyRecordedFrameOfAWidgetOrChartIsStillDrawn() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path())
        let ours = files.filter { $0.hasPrefix("widget-") || $0.hasPrefix("chart-") }
        #expect(Set(ours).subtracting(Self.goldens.map(\.file)).sorted() == [])
    }

    @Test(arguments: WidgetExhibit.all)
    func asciiGlyphsAreASCII(_ exhibit: WidgetExhibit) {
        for size in exhibit.sizes {
            for cell in exhibit.frame(size, .ascii).cells where !cell.glyph.isASCII {
                // Names of the exhibits may have letters of any script and a llama; what we draw ourselves may not.
                #expect(cell.glyph.isLetter || cell.glyph == "🦙", "\(cell.glyph) in \(exhibit.name)")
            }
        }
    }
}
