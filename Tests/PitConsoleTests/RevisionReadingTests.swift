import PitConsole
import PitGrid
import PitModel
import Testing

@Test("revisions are read again at once when an operation on them has ended, or what is served is another")
func readsRevisionsAgain() {
    var state = deployment("support-chat")
    state.operation = "5f0c2e1a"
    var console = Console(settings: ConsoleSettings(author: "ana"), start: "fleet")
    _ = console.handle(.tick(noon))
    _ = console.resize(Size(120, 36))
    func asks(_ effects: [Effect]) -> Bool { effects.contains(.inspect(.revisions(state.id))) }
    _ = console.handle(.world(DeploymentWorlds.world(state)))
    #expect(asks(console.open("deployment", subject: state.id.description)))
    #expect(!asks(console.handle(.world(DeploymentWorlds.world(state)))), "once is enough")
    state.operation = nil
    #expect(asks(console.handle(.world(DeploymentWorlds.world(state)))))
    #expect(!asks(console.handle(.world(DeploymentWorlds.world(state)))))
    state.deployment.current = RevisionID("another")
    #expect(asks(console.handle(.world(DeploymentWorlds.world(state)))))
}
