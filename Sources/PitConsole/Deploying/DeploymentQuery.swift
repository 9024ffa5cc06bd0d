public import PitModel

/// What a screen asks of one deployment when somebody looks at it.
public enum DeploymentQuery: Hashable, Sendable {
    /// Its revisions, and the events of its rollout.
    case revisions(DeploymentID)
    /// What differs between two revisions; nil is what is wanted now.
    case changes(DeploymentID, from: RevisionID?, to: RevisionID?)
    /// What an operation was and what came of it, by its id.
    case receipt(operation: String)
}

/// The answer.
public enum DeploymentAnswer: Equatable, Sendable {
    /// They were read: the next snapshot has them.
    case read
    case changes([SpecChange])
    /// Nil: nothing was proved of it.
    case receipt(Receipt?)
    /// Why there is none, and what to do next.
    case failed(String, hint: String)
}

/// What came of asking for a plan.
public enum PlanAnswer: Equatable, Sendable {
    case planned(DeploymentPlan)
    case failed(String, hint: String)
}

/// What a person says of an operation that is not settled.
public enum OperationWord: String, Equatable, Sendable, CaseIterable {
    /// Finish it: sent again only where the server says that it was not done.
    case resume
    case abandon
    /// Agree to somebody else's.
    case approve
}
