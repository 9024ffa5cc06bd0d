/// What kind of thing a fact is about.
public enum FactKind: String, Sendable { case connection, model, alert, silence, deployment }
