import Foundation
import PitData
import PitModel
import PitStore

/// Where datasets are: their manifests and the folder of their rows.
struct DatasetShelf: Sendable {
    let store: Store
    let folder: DatasetFolder

    static func open(_ places: Places) throws -> DatasetShelf {
        do throws(StoreFault) {
            return DatasetShelf(
                store: try Store.open(folder: places.state), folder: DatasetFolder(state: places.state))
        } catch { throw Stop(error) }
    }

    /// The dataset that is meant, or an end with what to do.
    func dataset(_ named: String) throws -> Dataset {
        guard let reference = DatasetReference(named) else {
            throw Stop(.usage, "`\(named)` names no dataset", hint: "Write NAME, NAME@2 or the beginning of a hash.")
        }
        do throws(StoreFault) {
            if let found = try store.dataset(reference) { return found }
        } catch { throw Stop(error) }
        throw Stop(.usage, "there is no dataset `\(named)`", hint: "See them: pitwall data list")
    }

    /// The file that is meant where a file or a dataset can be named: what lies at a path comes first.
    static func file(_ named: String) throws -> String {
        let places = Places()
        guard access(named, F_OK) != 0, let reference = DatasetReference(named),
            access(places.state + "/state.db", F_OK) == 0
        else { return named }
        let shelf = try open(places)
        do throws(StoreFault) {
            return try shelf.store.dataset(reference).map { shelf.folder.file($0.hash) } ?? named
        } catch { throw Stop(error) }
    }
}
