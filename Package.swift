// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let flyingFox = Target.Dependency.product(name: "FlyingFox", package: "FlyingFox")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

/// The floor plan: a target may import what its line lists, and nothing else.
/// `Sources/README.md` says why each line is as it is.
let floorPlan: [(name: String, imports: [Target.Dependency])] = [
    ("PitGrid", []),
    ("PitModel", []),
    ("PitParse", ["PitModel"]),
    ("PitStatistics", ["PitModel"]),
    ("PitSafety", ["PitModel", "PitStatistics"]),
    ("PitData", ["PitModel", "PitParse", "PitSafety", "PitStatistics", crypto]),
    ("PitHTTP", ["PitModel", "CCurl"]),
    ("PitStore", ["PitModel", crypto, grdb]),
    ("PitConfig", ["PitModel", yams]),
    ("PitConnect", ["PitModel", "PitParse"]),
    ("PitConsole", ["PitGrid", "PitModel"]),
    ("PitTerminal", ["PitGrid", "CNcurses"]),
    ("PitEngine", ["PitModel", "PitParse", "PitSafety", "PitStatistics", "PitStore", logging]),
    ("PitListen", ["PitModel", flyingFox]),
    ("PitFleet", ["PitModel", "PitParse", flyingFox]),
]

/// The tests, what each may import, and the folders beside the sources that it reads.
let testPlan: [(name: String, imports: [Target.Dependency], folders: [String])] = [
    ("PitClusterTests", ["PitConfig", "PitConnect", "PitEngine", "PitHTTP", "PitModel", "PitParse", "PitStore"], []),
    (
        "EndToEndTests",
        ["PitConnect", "PitGrid", "PitHTTP", "PitModel", "PitStatistics", "PitTestKit", flyingFox, "pitwall"], []
    ),
    ("PitConfigTests", ["PitConfig", "PitModel", "PitTestKit"], []),
    ("PitConnectTests", ["PitConnect", "PitModel", "PitParse"], ["Fixtures"]),
    ("PitConsoleTests", ["PitConsole", "PitGrid", "PitModel"], ["Golden"]),
    ("PitDataTests", ["PitData", "PitModel", "PitParse", "PitSafety", "PitStatistics"], ["Fixtures"]),
    (
        "PitEngineTests",
        ["PitConnect", "PitEngine", "PitModel", "PitParse", "PitStatistics", "PitStore", "PitTestKit", grdb], []
    ),
    (
        "PitHostileTests",
        ["PitConnect", "PitEngine", "PitHTTP", "PitModel", "PitStore", "PitTestKit", "PitGrid", "pitwall"], []
    ),
    ("PitListenTests", ["PitListen", "PitModel", "PitParse"], []),
    ("PitSafetyTests", ["PitModel", "PitSafety"], ["Fixtures"]),
    ("PitFleetTests", ["PitConnect", "PitFleet", "PitModel", "PitParse", flyingFox], []),
    ("PitGridTests", ["PitGrid", "PitTestKit"], ["Golden"]),
    ("PitHTTPTests", ["PitHTTP", "PitModel", flyingFox], []),
    ("PitParseTests", ["PitModel", "PitParse"], ["Fixtures"]),
    ("PitStatisticsTests", ["PitModel", "PitStatistics"], ["Fixtures"]),
    ("PitStoreTests", ["PitModel", "PitStore", "PitTestKit", grdb], ["Fixtures"]),
    ("PitTerminalTests", ["PitGrid", "PitTerminal", "PitTerminalWitness", "PitTestKit"], []),
    ("PitThemesTests", ["PitGrid", "PitThemes"], []),
]

let package = Package(
    name: "pitwall",
    products: [
        .executable(name: "pitwall", targets: ["pitwall"]),
        // For the package of the benchmarks, which measures the parts one by one.
        .library(name: "PitParts", targets: floorPlan.map(\.name) + ["PitThemes"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.0"),
    ],
    targets: [
        .target(
            name: "CNcurses",
            linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
        // libcurl is loaded when it is first needed. Foundation's networking, which the demo's servers bring along, asks
        // for it at the link; what lies in `link` is an empty library of that name.
        .target(
            name: "CCurl", exclude: ["link"],
            linkerSettings: [.unsafeFlags(["-L\(Context.packageDirectory)/Sources/CCurl/link"])]),
        .target(
            name: "PitThemes", dependencies: ["PitGrid", yams], path: "themes",
            resources: [.embedInCode("files")], swiftSettings: strict),
        .executableTarget(
            name: "pitwall",
            dependencies: [
                "PitConfig", "PitConnect", "PitConsole", "PitData", "PitEngine", "PitFleet", "PitGrid", "PitHTTP",
                "PitListen", "PitModel", "PitParse", "PitSafety", "PitStatistics", "PitStore", "PitTerminal",
                "PitThemes",
                argumentParser, logging, yams,
            ],
            swiftSettings: strict),
        .target(name: "PitTestKit", dependencies: ["PitGrid"], path: "Tests/PitTestKit", swiftSettings: strict),
        .executableTarget(
            name: "PitTerminalWitness", dependencies: ["PitGrid", "PitTerminal", "PitTestKit"],
            path: "Tests/PitTerminalWitness", swiftSettings: strict),
    ]
        + floorPlan.map { .target(name: $0.name, dependencies: $0.imports, swiftSettings: strict) }
        + testPlan.map {
            .testTarget(name: $0.name, dependencies: $0.imports, exclude: $0.folders, swiftSettings: strict)
        }
)
