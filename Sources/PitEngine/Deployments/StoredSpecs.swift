import Logging
import PitModel
import PitStore

/// Specs that their own systems do not keep, in state.db: a rollback goes back to one of them.
struct StoredSpecs: SpecShelf {
    let store: Store
    let log: Logger

    func keep(_ spec: RecordedSpec) async {
        do throws(StoreFault) { try store.keep(spec) } catch {
            log.error("a spec of \(spec.deployment.path) was not kept: \(error.summary). \(error.hint)")
        }
    }

    func specs(of deployment: DeploymentID) async -> [RecordedSpec] {
        do throws(StoreFault) { return try store.specs(of: deployment) } catch {
            log.error("specs of \(deployment.path) cannot be read: \(error.summary). \(error.hint)")
            return []
        }
    }
}
