import Foundation
import GRDB
public import PitModel

extension KnowledgeIndex {
    /// A passage as the index knows it.
    public typealias ID = Int64

    /// Weights of the columns: a word in a document's name or in a heading says more than one in the text.
    private static let weights = (document: 2.0, headings: 3.0, text: 1.0)

    /// The passages in which any of the words stands, the best by BM25 first. Words are words, whatever is in them.
    public func byWords(_ words: [String], limit: Int) throws(StoreFault) -> [ID] {
        guard let expression = KnowledgeSearchText.expression(words) else { return [] }
        return try read { db in
            try Int64.fetchAll(
                db,
                sql: """
                    SELECT rowid FROM passage_words WHERE passage_words MATCH ?
                    ORDER BY bm25(passage_words, ?, ?, ?), rowid LIMIT ?
                    """,
                arguments: [expression, Self.weights.document, Self.weights.headings, Self.weights.text, limit])
        }
    }

    /// Passages in the order of their ids given; one that is gone since is left out.
    public func hits(_ ids: [ID]) throws(StoreFault) -> [(id: ID, hit: KnowledgeHit)] {
        try read { db in
            try ids.compactMap { id in
                let row = try Row.fetchOne(
                    db,
                    sql: """
                        SELECT name, changed, headings, first, last, text FROM passage
                        JOIN document ON document.id = passage.document WHERE passage.id = ?
                        """, arguments: [id])
                guard let row else { return nil }
                let (first, last): (Int, Int) = (row["first"], row["last"])
                let passage = KnowledgePassage(
                    document: row["name"], headings: try Store.decode([String].self, row["headings"]),
                    lines: first...max(first, last), text: row["text"])
                let changed = (row["changed"] as Int64?).map { Timestamp(milliseconds: $0) }
                return (id, KnowledgeHit(passage, changed: changed))
            }
        }
    }

    // MARK: - Vectors

    /// Passages that have no vector of this model, the first of them, with what is to be turned into one.
    public func unembedded(model: String, limit: Int) throws(StoreFault) -> [(id: ID, text: String)] {
        try read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT passage.id, headings, text FROM passage
                    LEFT JOIN passage_vector ON passage_vector.id = passage.id AND model = ?
                    WHERE passage_vector.id IS NULL ORDER BY passage.id LIMIT ?
                    """, arguments: [model, limit])
            return try rows.map { row in
                let headings = try Store.decode([String].self, row["headings"])
                return (row["id"], (headings + [row["text"]]).joined(separator: "\n"))
            }
        }
    }

    /// Keeps vectors of passages; those by another model go. One of a passage that is gone since is left out.
    public func keep(_ vectors: [(id: ID, vector: [Double])], model: String) throws(StoreFault) {
        try write { db in
            try db.execute(sql: "DELETE FROM passage_vector WHERE model <> ?", arguments: [model])
            for (id, vector) in vectors {
                try db.execute(
                    sql: """
                        INSERT OR REPLACE INTO passage_vector (id, model, vector)
                        SELECT id, ?, ? FROM passage WHERE id = ?
                        """, arguments: [model, Self.data(Self.unit(vector)), id])
            }
        }
    }

    /// The passages whose vectors have the largest cosine with this one, among those of the same model and length; those
    /// at or below `least` are none. All are compared: what is read is bounded by the index.
    public func byMeaning(
        _ vector: [Double], model: String, least: Double = 0, limit: Int
    ) throws(StoreFault) -> [ID] {
        let wanted = Self.unit(vector)
        guard limit > 0, wanted.contains(where: { $0 != 0 }) else { return [] }
        return try read { db in
            var best: [(cosine: Float, id: ID)] = []
            let rows = try Row.fetchCursor(
                db, sql: "SELECT id, vector FROM passage_vector WHERE model = ?", arguments: [model])
            while let row = try rows.next() {
                let data: Data = row["vector"]
                guard let cosine = Self.product(wanted, data), Double(cosine) > least else { continue }
                if best.count == limit, let last = best.last, cosine <= last.cosine { continue }
                let place = best.firstIndex { $0.cosine < cosine } ?? best.count
                best.insert((cosine, row["id"]), at: place)
                if best.count > limit { best.removeLast() }
            }
            return best.map(\.id)
        }
    }

    /// Of length 1; all zeros where there is no direction.
    private static func unit(_ vector: [Double]) -> [Float] {
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        guard length.isFinite, length > 0 else { return vector.map { _ in 0 } }
        return vector.map { Float($0 / length) }
    }

    /// Little-endian, so that a file can be moved between machines.
    private static func data(_ vector: [Float]) -> Data {
        var data = Data(capacity: vector.count * 4)
        for value in vector {
            withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
        }
        return data
    }

    /// Nil for a vector of another length.
    private static func product(_ wanted: [Float], _ data: Data) -> Float? {
        guard data.count == wanted.count * 4 else { return nil }
        return data.withUnsafeBytes { bytes in
            var sum: Float = 0
            for place in wanted.indices {
                let bits = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place * 4, as: UInt32.self))
                sum += wanted[place] * Float(bitPattern: bits)
            }
            return sum
        }
    }
}
