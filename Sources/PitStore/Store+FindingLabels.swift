import GRDB
public import PitModel

/// What was found in exchanges, and what people say of it.
extension Store {
    /// Keeps a person's word on a finding. Returns after the disk has it.
    public func record(_ label: FindingLabel, of finding: FindingKey) throws(StoreFault) {
        try writeState { db in
            try db.execute(
                sql: """
                    INSERT INTO finding_label (at, author, finding, connection, interaction, model, detector, isTrue)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    label.at.milliseconds, label.author, finding.description, finding.connection.description,
                    finding.interaction, finding.model?.description, finding.detector, label.isTrue,
                ])
            let word = label.isTrue.map { $0 ? "finding is right" : "finding is wrong" } ?? "finding's label taken back"
            try AuditLink.append(db, label.at, label.author, identity: "", word, finding.description, finding.kind)
        }
    }

    /// Findings by model and detector, with how right people found them.
    public func findingTallies(now: Timestamp) throws(StoreFault) -> [FindingTally] {
        let (hour, day) = (now.advanced(by: -3600).milliseconds, now.advanced(by: -86400).milliseconds)
        var tallies: [[String?]: FindingTally] = [:]
        let hits = try readCache {
            try Row.fetchAll(
                $0,
                sql: """
                    SELECT model, detector, COUNT(*) AS day, TOTAL(at >= ?) AS hour,
                    COUNT(DISTINCT interaction) AS days,
                    COUNT(DISTINCT CASE WHEN at >= ? THEN interaction END) AS hours,
                    COUNT(DISTINCT CASE WHEN at >= ? AND side = 'response' THEN interaction END) AS responses
                    FROM finding WHERE at >= ? AND kind <> ? GROUP BY model, detector
                    """, arguments: [hour, hour, hour, day, Finding.notChecked])
        }
        for row in hits {
            let model: String? = row["model"]
            tallies[[model, row["detector"]]] = FindingTally(
                model: model.map(ModelName.init), detector: row["detector"], lastHour: Int(row["hour"] as Double),
                lastDay: row["day"], exchangesLastHour: row["hours"], exchangesLastDay: row["days"])
            tallies[[model, row["detector"]]]?.responsesLastHour = row["responses"]
        }
        let words = try readState {
            try Row.fetchAll(
                $0,
                sql: """
                    SELECT model, detector, TOTAL(isTrue = 1) AS right, TOTAL(isTrue = 0) AS wrong FROM finding_label
                    WHERE seq IN (SELECT MAX(seq) FROM finding_label GROUP BY finding) GROUP BY model, detector
                    """)
        }
        for row in words {
            let model: String? = row["model"]
            let key = [model, row["detector"] as String?]
            var tally = tallies[key] ?? FindingTally(model: model.map(ModelName.init), detector: row["detector"])
            (tally.right, tally.wrong) = (Int(row["right"] as Double), Int(row["wrong"] as Double))
            if tally.lastDay + tally.right + tally.wrong > 0 { tallies[key] = tally }
        }
        return tallies.values.sorted {
            ($0.model?.description ?? "~", $0.detector) < ($1.model?.description ?? "~", $1.detector)
        }
    }

    /// Adds people's words to the findings of exchanges.
    func label(_ exchanges: inout [KeptInteraction]) throws(StoreFault) {
        guard exchanges.contains(where: { !$0.findings.isEmpty }) else { return }
        let labels = try readState { db in
            var labels: [String: FindingLabel] = [:]
            let select = try db.cachedStatement(
                sql: """
                    SELECT finding, at, author, isTrue FROM finding_label
                    WHERE connection = ? AND interaction = ? ORDER BY seq
                    """)
            for exchange in exchanges where !exchange.findings.isEmpty {
                let whole = exchange.interaction
                for row in try Row.fetchAll(select, arguments: [whole.connection.description, whole.id]) {
                    labels[row["finding"]] = FindingLabel(
                        at: Timestamp(milliseconds: row["at"]), author: row["author"], isTrue: row["isTrue"])
                }
            }
            return labels
        }
        for index in exchanges.indices {
            for number in exchanges[index].findings.indices {
                let finding = exchanges[index].findings[number].finding
                let label = labels[FindingKey(finding, in: exchanges[index].interaction).description]
                exchanges[index].findings[number].label = label?.isTrue == nil ? nil : label
            }
        }
    }
}
