import PitData
import PitModel
import PitStore

/// Answers what the console wants to know of datasets: one after the other, so that none is read twice at once.
actor DatasetDesk {
    private let shelf: DatasetShelf
    private static let mostRows = 200

    init(_ shelf: DatasetShelf) { self.shelf = shelf }

    /// The list goes past what is under way.
    nonisolated func page(_ query: DatasetQuery) async -> DatasetPage {
        do throws(StoreFault) {
            guard let id = query.dataset else { return DatasetPage(datasets: try shelf.store.datasets()) }
            guard let dataset = try dataset(id) else { return DatasetPage(datasets: []) }
            guard let other = query.other else { return await open(dataset) }
            guard let second = try self.dataset(other) else { return DatasetPage(datasets: []) }
            return await compare(dataset, second)
        } catch { return DatasetPage(datasets: [], fault: "\(error.summary). \(error.hint)") }
    }

    private nonisolated func dataset(_ id: String) throws(StoreFault) -> Dataset? {
        guard let reference = DatasetReference(id) else { return nil }
        return try shelf.store.dataset(reference)
    }

    private var latest: Task<Void, Never>?

    /// Waits for what was asked before.
    private func turn(_ body: @escaping @Sendable () async -> DatasetPage) async -> DatasetPage {
        let before = latest
        let task = Task {
            await before?.value
            return await body()
        }
        latest = Task { _ = await task.value }
        return await task.value
    }

    private func open(_ dataset: Dataset) async -> DatasetPage {
        let folder = shelf.folder
        return await turn {
            do throws(DataFault) {
                let profile = try await folder.profile(dataset)
                return DatasetPage(
                    datasets: [dataset], profile: profile,
                    sample: try folder.sample(dataset.hash, rows: Self.mostRows))
            } catch { return DatasetPage(datasets: [dataset], fault: "\(error.summary). \(error.hint)") }
        }
    }

    private func compare(_ first: Dataset, _ second: Dataset) async -> DatasetPage {
        let folder = shelf.folder
        return await turn {
            do throws(DataFault) {
                return DatasetPage(datasets: [first, second], comparison: try await folder.compare(first, second))
            } catch { return DatasetPage(datasets: [first, second], fault: "\(error.summary). \(error.hint)") }
        }
    }
}
