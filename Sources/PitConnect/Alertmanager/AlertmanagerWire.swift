import PitModel

struct WireStatus: Decodable {
    struct Cluster: Decodable {
        struct Peer: Decodable {}
        var status: String?
        var peers: [Peer]?
    }
    struct Version: Decodable { var version: String? }
    var cluster: Cluster?
    var versionInfo: Version?
}

struct WireError: Decodable { var message: String }
struct WireMade: Decodable { var silenceID: String }
struct WireName: Decodable { var name: String }

struct WireAlert: Decodable {
    struct Status: Decodable {
        var state: String
        var silencedBy: [String]?
        var inhibitedBy: [String]?
        var mutedBy: [String]?
    }
    var labels: [String: String]
    var annotations: [String: String]?
    var startsAt: String
    var endsAt: String?
    var updatedAt: String?
    var generatorURL: String?
    var fingerprint: String?
    var receivers: [WireName]?
    var status: Status?

    var alert: Alert {
        Alert(
            fingerprint: fingerprint ?? Alert.fingerprint(of: labels), labels: labels, annotations: annotations ?? [:],
            state: status?.state == "suppressed"
                ? .suppressed : status?.state == "unprocessed" ? .unprocessed : .firing,
            startsAt: Timestamp(rfc3339: startsAt) ?? Timestamp(milliseconds: 0),
            endsAt: endsAt.flatMap(Timestamp.init(rfc3339:)),
            updatedAt: updatedAt.flatMap(Timestamp.init(rfc3339:)), generatorURL: generatorURL ?? "",
            receivers: receivers?.map(\.name) ?? [], silencedBy: status?.silencedBy ?? [],
            inhibitedBy: status?.inhibitedBy ?? [], mutedBy: status?.mutedBy ?? [])
    }
}

struct WireGroup: Decodable {
    var labels: [String: String]
    var receiver: WireName
    var alerts: [WireAlert]
}

struct WireMatcher: Codable {
    var name: String
    var value: String
    var isRegex: Bool
    var isEqual: Bool?

    init(_ matcher: Matcher) {
        (name, value, isRegex, isEqual) = (matcher.name, matcher.value, matcher.isRegex, matcher.isEqual)
    }
    var matcher: Matcher { Matcher(name, value, isRegex: isRegex, isEqual: isEqual ?? true) }
}

struct WireSilence: Decodable {
    struct Status: Decodable { var state: String }
    var id: String
    var matchers: [WireMatcher]
    var startsAt: String
    var endsAt: String
    var createdBy: String
    var comment: String
    var annotations: [String: String]?
    var status: Status

    var silence: Silence {
        Silence(
            id: id, matchers: matchers.map(\.matcher),
            startsAt: Timestamp(rfc3339: startsAt) ?? Timestamp(milliseconds: 0),
            endsAt: Timestamp(rfc3339: endsAt) ?? Timestamp(milliseconds: 0), createdBy: createdBy, comment: comment,
            state: Silence.State(rawValue: status.state) ?? .expired, annotations: annotations)
    }
}

struct WirePost: Encodable {
    var id: String?
    var matchers: [WireMatcher]
    var startsAt: String
    var endsAt: String
    var createdBy: String
    var comment: String
    var annotations: [String: String]?

    init(id: String?, _ draft: SilenceDraft) {
        self.id = id
        matchers = draft.matchers.map(WireMatcher.init)
        (startsAt, endsAt) = (draft.startsAt.rfc3339, draft.endsAt.rfc3339)
        (createdBy, comment, annotations) = (draft.createdBy, draft.comment, draft.annotations)
    }
}

/// An alert as it is posted. Once it is in the past, `endsAt` resolves it; before, it says until when it holds unless
/// it is posted again.
struct WirePosted: Encodable {
    var labels: [String: String]
    var annotations: [String: String]
    var startsAt: String
    var endsAt: String
    var generatorURL: String?

    init(_ notice: AlertNotice, now: Timestamp, holding: Double) {
        let alert = notice.alert
        (labels, annotations) = (alert.labels.filter { !$0.value.isEmpty }, alert.annotations)
        startsAt = alert.startsAt.rfc3339
        switch notice.kind {
        case .firing: endsAt = now.advanced(by: holding).rfc3339
        case .resolved: endsAt = min(alert.endsAt ?? now, now).rfc3339
        }
        generatorURL = alert.generatorURL.isEmpty ? nil : alert.generatorURL
    }
}
