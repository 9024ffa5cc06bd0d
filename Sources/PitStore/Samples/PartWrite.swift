import Foundation
import GRDB
import PitModel

/// What one source has to write: its new series and a part.
struct PartWrite {
    let name: String
    let row: Int64
    let fresh: [(UInt32, SeriesKey)]
    let moments: [Moment]

    var values: Int { moments.reduce(fresh.count) { $0 + $1.count } }

    func execute(_ db: Database) throws {
        if !fresh.isEmpty {
            try db.cachedStatement(sql: "INSERT INTO roster (source, series, bytes) VALUES (?, ?, ?)").execute(
                arguments: [row, fresh.count, Data(SeriesRoster.encode(fresh))])
        }
        guard !moments.isEmpty else { return }
        let block = SampleBlock(moments)
        try Store.insert(block, block.ids.indices, row, Store.loosePart, db)
    }
}

extension SourceState {
    /// What is to be written now; nil when there is nothing.
    mutating func begin(_ name: String) -> PartWrite? {
        guard isWaiting else { return nil }
        return PartWrite(name: name, row: row, fresh: fresh, moments: beginWriting())
    }

    /// Forgets what is on disk now.
    mutating func finish(_ write: PartWrite) {
        endWriting()
        fresh.removeFirst(min(write.fresh.count, fresh.count))
        partMoments += write.moments.count
        partSeries = max(partSeries, write.moments.map(\.count).max() ?? 0)
    }
}
