import Foundation
import PitModel
import PitStore

/// What a training learned from, told by what its parameters name: a dataset of the shelf (`chats`, `chats@2`, a hash, the
/// file of its rows), or the folder of an export, or a file in one.
extension TrainingDesk {
    /// Bytes of a manifest that are read.
    private static let longest = 64 << 20

    /// Tags for the version that is registered: `data` is `sha256:` and the hash of the rows or of the manifest.
    func dataLineage(_ training: Training) -> [String: String] {
        var (hashes, names): ([String], [String]) = ([], [])
        let named = training.values.sorted { $0.key < $1.key }.map(\.value) + [training.template.dataset ?? ""]
        for words in named where !words.isEmpty {
            guard let found = dataset(words, training) ?? export(words, training), !hashes.contains(found.hash) else {
                continue
            }
            hashes.append(found.hash)
            names.append(found.name)
        }
        guard !hashes.isEmpty else { return [:] }
        let all = hashes.map { "sha256:\($0)" }.joined(separator: ", ")
        return ["data": all, "pitwall.data": names.joined(separator: ", "), "pitwall.data.sha256": all]
    }

    /// The dataset of that name as it was when the training began: later versions were not learned from.
    private func dataset(_ words: String, _ training: Training) -> (name: String, hash: String)? {
        let file = words.split(separator: "/").last.map(String.init) ?? words
        let isFile = file.hasSuffix(".jsonl") && Self.isHash(file.dropLast(6))
        let wanted = isFile ? String(file.dropLast(6)) : words
        // A number is a setting, whatever datasets are called.
        guard isFile || Self.isHash(wanted[...]) || Double(words) == nil else { return nil }
        guard let reference = DatasetReference(wanted), let all = try? store.datasets() else { return nil }
        let then = all.filter { $0.at <= training.at }
        let found: Dataset? =
            switch reference {
            case .name(let name, nil): then.filter { $0.name == name }.max { $0.version < $1.version }
            case .name(let name, let version?): then.first { $0.name == name && $0.version == version }
            // A short beginning may be anything.
            case .hash(let start): start.count < 8 ? nil : then.first { $0.hash.hasPrefix(start) }
            }
        return found.map { ("\($0.name)@\($0.version)", $0.hash) }
    }

    private static func isHash(_ words: Substring) -> Bool {
        words.utf8.count == 64 && words.allSatisfy { $0.isASCII && $0.isHexDigit }
    }

    /// The manifest of an export: of the folder that is named, or of the one that the named file is in; formats of several
    /// parts have a folder for each.
    private func export(_ words: String, _ training: Training) -> (name: String, hash: String)? {
        guard words.contains("/") || words.hasSuffix(".jsonl") || training.template.directory != nil else { return nil }
        let here = URL(filePath: training.template.directory ?? ".", directoryHint: .isDirectory)
        let place = URL(filePath: words, relativeTo: here).standardizedFileURL
        let above = place.deletingLastPathComponent()
        for folder in [place, above, above.deletingLastPathComponent()] {
            let path = folder.appending(path: "manifest.json").path
            var about = stat()
            guard stat(path, &about) == 0, about.st_mode & S_IFMT == S_IFREG, about.st_size <= Self.longest,
                let data = FileManager.default.contents(atPath: path),
                let value = try? JSONSerialization.jsonObject(with: data) as? [String: Any], value["pitwall"] != nil
            else { continue }
            return (folder.lastPathComponent, FileHash.of(data))
        }
        return nil
    }
}
