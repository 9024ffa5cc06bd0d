import Foundation
import Glibc
import PitModel

/// What is known of a training that runs elsewhere: kept in its folder, so that it is gone on with after a restart.
struct RemoteState: Equatable, Codable, Sendable {
    var reference: RemoteReference
    /// Whether it may have been sent: written before it is.
    var isTried: Bool? = nil
    /// Whether the other system has said that it took it, or it was seen there.
    var isSent = false
    /// Since when the other system answers well and has nothing of it; and where it was found then.
    var missedAt: Timestamp?
    var found: String?
    var sight = RemoteSight(.waiting, words: "it is being sent")
    /// Why it could not be looked at last; nil when it could.
    var fault: String?
    /// When it was looked at last with success.
    var seenAt: Timestamp?
    var runningSince: Timestamp?
    var logPlace: String?
    /// Why an end was asked of the other system, and when last.
    var ending: Training.End.Kind?
    var askedAt: Timestamp?

    init(_ reference: RemoteReference) { self.reference = reference }

    /// The other system has said that it took it.
    mutating func accept(_ reference: RemoteReference) {
        (self.reference, isSent) = (reference, true)
        sight = RemoteSight(.waiting)
    }

    /// As it is shown: what is not known now is said.
    func shown(at now: Timestamp) -> RemoteSight {
        var sight = sight
        if let fault {
            let since = seenAt.map { ", last seen \(Int(max(0, now.since($0)))) s ago" } ?? ""
            sight.words = "\(reference.connection): \(fault)\(since)"
        }
        return sight
    }
}

extension TrainingFolder {
    /// Whether nobody stays with it any more. It is told once in so many seconds: a keeper that cannot begin is not begun
    /// again with every look.
    func lacksKeeper(every seconds: Double, now: Timestamp) -> Bool {
        let begun = (try? FileManager.default.attributesOfItem(atPath: path + "/launched"))?[.modificationDate] as? Date
        if let begun, abs(now.seconds - begun.timeIntervalSince1970) < seconds { return false }
        guard let lock = holdLock() else { return false }
        close(lock)
        return FileManager.default.createFile(atPath: path + "/launched", contents: nil)
    }

    /// Held by the one process that stays with it, until it is closed or the process ends; nil when somebody holds it, or
    /// there is no folder.
    ///
    /// - Parameter making: whether the folder is made where there is none.
    func holdLock(making: Bool = false) -> Int32? {
        if making {
            try? FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        }
        let file = open(path + "/keeper.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { return nil }
        if flock(file, LOCK_EX | LOCK_NB) == 0 { return file }
        close(file)
        return nil
    }
}
