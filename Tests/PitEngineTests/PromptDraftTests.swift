import Foundation
import PitEngine
import PitModel
import PitStore
import Synchronization
import Testing

/// Keeps what it is given, or refuses.
private final class Keeper: PromptKeeping {
    static let about = ConnectorInfo(id: "keeper", title: "Keeper", summary: "")
    let kept = Mutex<[PromptVersion]>([])
    let fault = Mutex<ConnectorFault?>(nil)
    init() {}
    init(_ connection: Connection, http: any HTTP) {}
    var whyReadOnly: String? { nil }
    func probe() async throws(ConnectorFault) -> Identity { Identity(product: "keeper") }
    func prompts() async throws(ConnectorFault) -> [Prompt] { [] }
    func versions(of prompt: String) async throws(ConnectorFault) -> [PromptVersion] {
        kept.withLock { $0.reversed() }
    }
    func version(_ number: Int, of prompt: String) async throws(ConnectorFault) -> PromptVersion {
        guard let found = kept.withLock({ $0.first { $0.number == number } }) else { throw .notFound(path: prompt) }
        return found
    }
    func create(_ draft: PromptDraft) async throws(ConnectorFault) -> Int {
        if let fault = fault.withLock({ $0 }) { throw fault }
        return kept.withLock { kept in
            kept.append(PromptVersion(number: kept.count + 1, body: draft.body, message: draft.message))
            return kept.count
        }
    }
}

@Test(
    "what a person wrote lies whole on the disk before it is sent, is offered again while no server keeps it, and goes then"
)
func unsentPrompts() async throws {
    let state = FileManager.default.temporaryDirectory.appending(path: "pitwall-drafts-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: state) }
    let keeper = Keeper()
    let connection = Connection(name: ConnectionName("mlflow"), kind: "mlflow", url: "http://x")
    let drafts = PromptDrafts(state: state)
    let shelf = PromptShelf([ConnectedServer(connection, keeper)], try Store.inMemory(), drafts: drafts)
    let text = String(repeating: "Answer in two sentences. ", count: 400) + "\nEnd."
    let now = Timestamp(seconds: 1_800_000_000)
    var draft = PromptDraft(
        source: connection.name, name: "../greeting", body: .text(text), message: "shorter", author: "ana")
    keeper.fault.withLock { $0 = .refused("127.0.0.1:9") }
    let refusal = await #expect(throws: PromptRefusal.self) { try await shelf.create(draft, at: now) }
    let file = try #require(drafts.all().first?.file)
    #expect(refusal?.words.hasSuffix("what you wrote lies in \(file)") == true)
    #expect(file.hasPrefix(state + "/drafts/mlflow.") && !file.dropFirst(state.count + 8).contains("/"))
    #expect(String(decoding: try #require(FileManager.default.contents(atPath: file)), as: UTF8.self) == text + "\n")
    let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    _ = await #expect(throws: PromptRefusal.self) { try await shelf.create(draft, at: now.advanced(by: 60)) }
    let page = await shelf.page(PromptQuery(source: connection.name, name: "../greeting"))
    #expect(page.unsent.count == 1, "the same words twice are one")
    #expect(page.unsent.first?.draft == draft && page.unsent.first?.why.contains("refused") == true)
    keeper.fault.withLock { $0 = nil }
    draft.continues = page.unsent.first?.id
    draft.body = .text(text + " More.")
    #expect(try await shelf.create(draft, at: now).number == 1)
    let left = try FileManager.default.contentsOfDirectory(atPath: state + "/drafts")
    #expect(drafts.all().isEmpty && left.isEmpty)
}
