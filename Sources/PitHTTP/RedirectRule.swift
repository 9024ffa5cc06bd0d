import PitModel

/// Where a redirect may lead, and what goes along.
enum RedirectRule {
    /// Redirects followed for one request.
    static let limit = 5

    static func isRedirect(_ status: Int) -> Bool { [301, 302, 303, 307, 308].contains(status) }

    /// Turns the plan to `location`.
    ///
    /// To another scheme, host or port go `Accept` headers alone: no credentials, tenants, cookies, certificates, and
    /// no trust that was meant for the first host. They do not come back if a later redirect does.
    static func follow(
        _ plan: inout TransferPlan, to location: String, number: (TransferShape) -> Int
    ) throws(ConnectorFault) {
        guard !location.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }),
            let next = Address.join(plan.url, location), let to = Address(next)
        else { throw .malformed("a redirect to what is no http address") }
        guard Address.part(.user, of: next) == nil, Address.part(.password, of: next) == nil else {
            throw .malformed("a redirect to an address with a user in it")
        }
        guard let from = Address(plan.url) else { throw .malformed("a redirect from nowhere") }
        if from.scheme == "https", to.scheme == "http" { throw .tls("a redirect from https to http was refused") }
        plan.url = next
        guard to != from else { return }
        plan.headers = plan.headers.filter { $0.lowercased().hasPrefix("accept:") }
        plan.shape = plan.shape.elsewhere
        plan.shapeID = number(plan.shape)
        (plan.place, plan.connectTo) = (to.place, nil)
    }
}
