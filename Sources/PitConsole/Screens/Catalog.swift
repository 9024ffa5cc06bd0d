/// Every screen pitwall has, in tab order. A new one is a new file and a line here.
public let screenCatalog: [any Screen.Type] = [
    FleetScreen.self,
    ModelScreen.self,
    DriftScreen.self,
    AlertsScreen.self,
    ExchangesScreen.self,
    DeployScreen.self,
    DeploymentScreen.self,
    LabelScreen.self,
    EvaluationScreen.self,
    EvaluationRunScreen.self,
    OperationsScreen.self,
    AuditScreen.self,
    HandoverScreen.self,
    SilencesScreen.self,
    ConnectionsScreen.self,
    LogScreen.self,
]
