import PitModel
import PitStore

/// What people and policies have against moving an alias.
extension Engine {
    /// Asked when a plan is made, and again before anything is sent: a waiver may have ended meanwhile. Going back to an
    /// older version stays possible, and what was decided against that one is told.
    func reviewConcerns(_ plan: DeploymentPlan) async -> [Concern] {
        let request = plan.request
        guard request.deployment.kind == .alias, let target = plan.target,
            let at = request.deployment.name.lastIndex(of: "@"), request.verb == .promote || request.verb == .rollback
        else { return [] }
        let name = String(request.deployment.name[..<at])
        let alias = String(request.deployment.name[request.deployment.name.index(after: at)...])
        let id = ModelVersionID(request.deployment.connection, name, target.id.name)
        let policies = settings.governance.policies.filter { $0.guards(alias, of: name) }
        if Self.goesBack(plan, target) || policies.isEmpty {
            return decided(against: id, blocks: !Self.goesBack(plan, target))
        }
        do throws(OperationRefusal) {
            let card = try await card(of: name, version: id.version, on: id.connection)
            do throws(StoreFault) {
                let evidence = try evidence(card, requester: request.author)
                return policies.flatMap { policy in
                    RequirementCheck.results(policy, evidence).missing.map {
                        Concern(.review, "policy \(policy.name) misses \($0.name): \($0.words)", blocks: true)
                    }
                }
            } catch { throw OperationRefusal(error.summary, error.hint) }
        } catch {
            let names = policies.map(\.name).joined(separator: ", ")
            return [Concern(.review, "it cannot be held against policy \(names): \(error.words)", blocks: true)]
        }
    }

    /// The newer of two versions is brought, whatever the verb is called.
    private static func goesBack(_ plan: DeploymentPlan, _ target: Revision) -> Bool {
        guard plan.request.verb == .rollback else { return false }
        guard let now = plan.before.current.flatMap({ Int($0.name) }), let then = target.number else { return true }
        return then < now
    }

    func decided(against id: ModelVersionID, blocks: Bool) -> [Concern] {
        do throws(StoreFault) {
            let evidence = ReviewEvidence(
                card: ModelVersionCard(id), at: clock.now(), facts: try store.reviewFacts(of: id))
            let against = [evidence.retirement].compactMap(\.self) + evidence.votes.filter { $0.kind != .approve }
            return against.map { Concern(.review, "version \(id.version) was \($0.words)", blocks: blocks) }
        } catch {
            return [Concern(.review, "what people decided cannot be read: \(error.summary)", blocks: blocks)]
        }
    }

    /// The blocking ones in a line; nil where there are none.
    func reviewRefusal(_ plan: DeploymentPlan) async -> String? {
        let against = await reviewConcerns(plan).filter(\.blocks).map(\.words)
        return against.isEmpty ? nil : against.joined(separator: "; ")
    }
}
