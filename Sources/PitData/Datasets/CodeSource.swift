import Glibc
public import PitModel

/// A checkout of a repository, a row a file: `path`, `language`, `bytes`, `text`. Files that are no text, or larger than
/// 2 MiB, are left out.
public struct CodeSource: RowSource {
    private let path: String
    private let files: [String]
    private let revision: String?

    /// - Parameters:
    ///   - files: those that the repository tracks, by their paths within it.
    ///   - revision: the commit.
    public init(_ path: String, files: [String], revision: String?) {
        (self.path, self.files, self.revision) = (path, files, revision)
    }

    public func read(
        _ take: (ArraySlice<UInt8>) throws(DataFault) -> Void, tell: (Int, Int) -> Void
    ) throws(DataFault) -> DatasetSource {
        var source = DatasetSource("git", path)
        source.revision = revision
        guard let root = KnowledgeFolder.real(path) else {
            throw .unreadable(path: path, why: String(cString: strerror(errno)))
        }
        var writer = RowWriter()
        var (languages, licenses) = ([String: Int](), [String]())
        var outcome = KnowledgeFolder.Outcome()
        for name in files.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            // A link may lead to what the repository does not hold.
            guard let full = KnowledgeFolder.real("\(path)/\(name)"), full == "\(root == "/" ? "" : root)/\(name)"
            else {
                source.skip("\(name): is a link, or gone")
                continue
            }
            guard let document = KnowledgeFolder.document(full, name, &outcome) else {
                source.skip(outcome.skipped.last.map { "\(name): \($0.why)" } ?? name)
                continue
            }
            let language = CodeLanguage.of(name)
            if let license = CodeLicense.of(name, document.text) { licenses.append(license) }
            writer.begin()
            writer.put("path", name)
            writer.put("language", language)
            writer.put("bytes", Double(document.bytes))
            writer.put("text", document.text)
            try take(writer.end())
            source.rows += 1
            languages[language ?? "other", default: 0] += 1
        }
        source.languages = languages
        source.license = licenses.isEmpty ? nil : licenses.joined(separator: ", ")
        return source
    }
}

/// The language of a file of code, by its name.
enum CodeLanguage {
    private static let byExtension: [String: String] = {
        let all: [(String, String)] = [
            ("C", "c h"), ("C++", "cc cpp cxx hh hpp hxx"), ("C#", "cs"), ("Clojure", "clj cljs"), ("CSS", "css scss"),
            ("CUDA", "cu cuh"), ("Dart", "dart"), ("Elixir", "ex exs"), ("Erlang", "erl"), ("Fortran", "f90 f95 f"),
            ("Go", "go"), ("Haskell", "hs"), ("HTML", "html htm"), ("Java", "java"), ("JavaScript", "js mjs cjs jsx"),
            ("JSON", "json"), ("Julia", "jl"), ("Jupyter", "ipynb"), ("Kotlin", "kt kts"), ("Lua", "lua"),
            ("Markdown", "md markdown"), ("Nix", "nix"), ("Objective-C", "m mm"), ("OCaml", "ml mli"),
            ("Perl", "pl pm"),
            ("PHP", "php"), ("Protobuf", "proto"), ("Python", "py pyi"), ("R", "r"), ("reStructuredText", "rst"),
            ("Ruby", "rb"), ("Rust", "rs"), ("Scala", "scala"), ("Shell", "sh bash zsh"), ("SQL", "sql"),
            ("Swift", "swift"), ("TeX", "tex"), ("Text", "txt"), ("TOML", "toml"), ("TypeScript", "ts tsx"),
            ("XML", "xml"), ("YAML", "yaml yml"), ("Zig", "zig"),
        ]
        return Dictionary(
            all.flatMap { language, ends in ends.split(separator: " ").map { (String($0), language) } },
            uniquingKeysWith: { first, _ in first })
    }()
    private static let byName = ["dockerfile": "Dockerfile", "makefile": "Make", "cmakelists.txt": "CMake"]

    static func of(_ path: String) -> String? {
        let name = (path.split(separator: "/").last ?? "").lowercased()
        if let known = byName[name] { return known }
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return nil }
        return byExtension[String(name[name.index(after: dot)...])]
    }
}

/// The licence that a checkout says it is under: told, and not judged.
enum CodeLicense {
    private static let marks: [(id: String, words: String)] = [
        ("AGPL-3.0", "gnu affero general public license"), ("LGPL", "gnu lesser general public license"),
        ("Apache-2.0", "apache license"), ("MPL-2.0", "mozilla public license"),
        ("GPL", "gnu general public license"), ("MIT", "permission is hereby granted, free of charge"),
        ("BSD", "redistribution and use in source and binary forms"),
        ("ISC", "permission to use, copy, modify, and/or distribute"),
        ("Unlicense", "free and unencumbered software released into the public domain"),
        ("CC-BY", "creative commons attribution"), ("EPL", "eclipse public license"),
    ]

    /// `LICENSE: Apache-2.0`; nil for what is no licence file at the top.
    static func of(_ path: String, _ text: String) -> String? {
        let name = path.lowercased()
        guard !name.contains("/"), ["license", "licence", "copying", "unlicense"].contains(where: name.hasPrefix) else {
            return nil
        }
        let head = text.prefix(4000).lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return "\(path): \(marks.first { head.contains($0.words) }?.id ?? "not known")"
    }
}
