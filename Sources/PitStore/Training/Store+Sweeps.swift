import Foundation
import GRDB
public import PitModel

/// Sweeps that were planned here.
extension Store {
    /// Writes a plan down, and returns after the disk has it; under a name of its own where another has the one it wants.
    public func begin(_ plan: SweepPlan, author: String, at: Timestamp) throws(StoreFault) -> SweepPlan {
        try writeState { db in
            var plan = plan
            let wanted = plan.name
            var number = 1
            while try Bool.fetchOne(
                db, sql: "SELECT EXISTS(SELECT 1 FROM sweep WHERE name = ?)", arguments: [plan.name]) ?? false
            {
                number += 1
                plan.name = "\(wanted)-\(number)"
            }
            try db.execute(
                sql: "INSERT INTO sweep (name, template, at, author, body) VALUES (?, ?, ?, ?, ?)",
                arguments: [plan.name, plan.template, at.milliseconds, author, try Self.encode(plan)])
            try AuditLink.append(
                db, at, author, identity: "", "sweep begun", plan.name,
                "\(plan.trials.count) trials of \(plan.template)")
            return plan
        }
    }

    public func sweep(_ name: String) throws(StoreFault) -> SweepPlan? {
        try readState { db in
            try Data.fetchOne(db, sql: "SELECT body FROM sweep WHERE name = ?", arguments: [name])
                .map { try Self.decode(SweepPlan.self, $0) }
        }
    }

    /// Names, the newest first.
    public func sweeps(limit: Int = 20) throws(StoreFault) -> [String] {
        try readState { db in
            try String.fetchAll(
                db, sql: "SELECT name FROM sweep ORDER BY seq DESC LIMIT ?", arguments: [max(0, limit)])
        }
    }
}
