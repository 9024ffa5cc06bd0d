import PitModel

extension Answering {
    /// The name under which the server serves a model: its own, with or without what stands before the last slash, else the
    /// first that it lists. A server that lists nothing is asked for the model's own.
    func servedName(of model: ModelName?) async throws(ConnectorFault) -> String {
        let wanted = model?.description ?? ""
        guard let listing = self as? any ModelListing else { return wanted }
        let listed = try await listing.listModels().map(\.id)
        let last = wanted.split(separator: "/").last.map(String.init) ?? wanted
        return listed.first { $0 == wanted || $0 == last } ?? listed.first ?? wanted
    }
}
