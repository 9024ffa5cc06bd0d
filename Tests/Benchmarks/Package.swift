// swift-tools-version: 6.2
import PackageDescription

/// A package of its own, so that who builds pitwall never builds this.
let package = Package(
    name: "pitwall-benchmarks",
    dependencies: [.package(name: "pitwall", path: "../..")],
    targets: [
        .executableTarget(
            name: "Benchmarks", dependencies: [.product(name: "PitParts", package: "pitwall")],
            swiftSettings: [
                .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
                .treatAllWarnings(as: .error),
            ])
    ]
)
