// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
/// HTTP/1.1 over TLS, for the fetching process alone (decision 140).
let network: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOEmbedded", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
]
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

/// Optimised for speed where `make release` asks for size: what each plan runs through (decision 129). The frontend takes the
/// last word.
let fast: [SwiftSetting] = [.unsafeFlags(["-Xfrontend", "-O"], .when(configuration: .release))]

func library(_ name: String, _ dependencies: [Target.Dependency] = [], isFast: Bool = false) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict + (isFast ? fast : []))
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = [], excluded: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies, exclude: excluded,
        swiftSettings: strict)
}

let package = Package(
    name: "lodestar",
    products: [
        .executable(name: "lodestar", targets: ["lodestar"]), .executable(name: "hostinfo", targets: ["hostinfo"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    ],
    targets: [
        .systemLibrary(name: "CLibYAML", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
        .target(name: "CShim"),
        .target(name: "CKeeper", dependencies: ["CShim"]),
        library("SystemCalls", ["Values", "CShim"], isFast: true),
        library("RegularExpressions"),
        library("TimeZones", ["Values"]),
        library("Scheduling", ["Model", "TimeZones"]),
        library("Expressions", ["RegularExpressions", "TimeZones", "Values"], isFast: true),
        library("Values", isFast: true),
        library("Model", ["Disk", "Values", crypto], isFast: true),
        library("SystemFiles", ["Model", "RegularExpressions", crypto], isFast: true),
        library("YAML", ["Values", "CLibYAML"], isFast: true),
        library("Asset", ["Values"]),
        library("Disk", ["Values"]),
        library("BootImage", ["Model", "SystemCalls", "Values"]),
        library("MiniOS", ["BootImage", "SystemCalls", "Values"]),
        library("Compiler", ["Model", "Asset", "Expressions", "TimeZones", "YAML", heap], isFast: true),
        .target(
            name: "Hostinfo", dependencies: ["Values", "YAML"],
            resources: [
                "sn-placeholders.tsv", "uuid-placeholders.tsv", "multi-node-products.tsv", "hostinfo.schema.json",
                "facts.schema.json",
            ].map {
                .embedInCode("Data/\($0)")
            }, swiftSettings: strict),
        library("Resources", ["Disk", "Model", "SystemFiles", "RegularExpressions", "Scheduling"]),
        library("Engine", ["Model"], isFast: true),
        .target(
            name: "Fleet", dependencies: ["Compiler", "Engine", "Model"], resources: [.embedInCode("Data/page.html")],
            swiftSettings: strict),
        .target(
            name: "Agent", dependencies: ["Model", "Scheduling", "YAML", heap],
            resources: [.embedInCode("Data/report.schema.json")], swiftSettings: strict),
        library("State", ["Model", "Engine", "Agent", "CSQLite"], isFast: true),
        library("SimulatedHost", ["Disk", "Model", "SystemFiles"], isFast: true),
        library("SignedFiles", ["SystemFiles", "Model", "Values"]),
        library("Bundles", ["SystemFiles", "Model", "Signatures", "SignedFiles", "SystemCalls", "Values"]),
        library("Images", ["SystemFiles", "Model", "Signatures", "SignedFiles", "SystemCalls", "Values"]),
        library("InstallTokens", ["Model", "Signatures", "SignedFiles", "Values"]),
        library("Fetching", ["Model", "SystemCalls"]),
        library("HTTPFetch", ["Fetching", "Model", "SystemCalls"] + network),
        library("OperatorFiles", ["Bundles", "Fetching", "Git", "Model", "Signatures", "SystemCalls"]),
        library("Signatures", ["Values", crypto, cryptoExtras]),
        library("Git", ["Model", "Signatures", "SystemCalls", "Values", crypto]),
        library(
            "LinuxHost",
            [
                "BootImage", "Disk", "Git", "Model", "SystemFiles", "Hostinfo", "Images", "LinuxHostinfo",
                "SystemCalls",
                "CShim",
            ],
            isFast: true),
        library("LinuxHostinfo", ["Hostinfo", "SystemCalls", "Values", "YAML", "CShim"]),
        library(
            "LinuxAgent",
            [
                "Agent", "SystemFiles", "LinuxHostinfo", "LinuxHost", "Model", "OperatorFiles", "Scheduling", "State",
                "SystemCalls",
                "CKeeper", "CShim",
            ]),
        library("Secrets", ["Model", crypto]),
        .target(
            name: "StandardRoles", path: "Manifests",
            resources: [
                "accounts.yaml", "agent.yaml", "baseline.yaml", "checks.yaml", "daemon.yaml", "logrotate.yaml",
                "motd.yaml",
                "node_exporter.yaml", "ssh.yaml",
            ].map { .embedInCode($0) }, swiftSettings: strict),
        .executableTarget(
            name: "lodestar",
            dependencies: [
                "Agent", "Asset", "BootImage", "Bundles", "Compiler", "Disk", "Engine", "Expressions", "Fleet",
                "Fetching", "HTTPFetch",
                "SystemFiles",
                "Hostinfo",
                "Images",
                "InstallTokens",
                "LinuxAgent",
                "LinuxHostinfo",
                "LinuxHost",
                "MiniOS", "Model", "OperatorFiles", "Resources", "Scheduling", "Secrets", "Signatures", "SignedFiles",
                "SimulatedHost",
                "StandardRoles",
                "State", "SystemCalls",
                "TimeZones",
                arguments,
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "hostinfo", dependencies: ["LinuxHostinfo", "SystemCalls"], path: "Sources/hostinfo-tool",
            swiftSettings: strict),
        tests("RegularExpressions"),
        tests("Expressions", excluded: ["Resources"]),
        tests("TimeZones"),
        tests("Scheduling", ["Model", "SchedulingOracle", "TestSupport", "TimeZones"], excluded: ["Resources"]),
        .target(name: "TestSupport", dependencies: ["Model"], path: "Tests/TestSupport", swiftSettings: strict),
        .target(
            name: "SchedulingOracle", dependencies: ["Scheduling", "TestSupport"], path: "Tests/SchedulingOracle",
            swiftSettings: strict),
        .executableTarget(
            name: "schedule-bench", dependencies: ["Model", "Scheduling", "SchedulingOracle", "TestSupport"],
            path: "Tests/Benchmarks/ScheduleBench", swiftSettings: strict),
        tests("Compiler", ["Model", "Resources", "TestSupport"], excluded: ["Sites"]),
        tests("Model"),
        .testTarget(name: "CommandTests", dependencies: ["lodestar"], swiftSettings: strict),
        tests(
            "Resources",
            [
                "Compiler", "Disk", "Engine", "LinuxHost", "Model", "Scheduling", "SimulatedHost", "State",
                "TestSupport",
            ],
            excluded: ["Golden"]),
        tests("Secrets", ["Model"]),
        tests("Bundles", ["Compiler", "Model"]),
        tests("Images", ["SystemFiles", "Model", "Signatures", "SignedFiles", "TestSupport"]),
        tests("InstallTokens", ["Model", "Signatures", "TestSupport"]),
        tests("HTTPFetch", ["Fetching", "Model", "TestSupport"]),
        tests("OperatorFiles", ["Bundles", "Compiler", "SystemFiles", "Model", "Signatures", "TestSupport"]),
        tests("Signatures", ["TestSupport", "Values", crypto]),
        tests("Engine", ["Model", "Resources", "SimulatedHost", "State", "TestSupport"]),
        tests("Fleet", ["Compiler", "Model", "Resources", "TestSupport"], excluded: ["Golden"]),
        tests("SystemFiles", ["Model"]),
        tests("Values"),
        tests("YAML", ["TestSupport", "Values"]),
        tests("Hostinfo", ["Values"], excluded: ["Captures", "Conformance"]),
        tests("Asset", ["TestSupport", "Values", "YAML"]),
        tests("Disk", ["TestSupport"]),
        tests("BootImage", ["TestSupport", "Values"]),
        tests("MiniOS", ["TestSupport", "Values"]),
        tests("Agent", ["Model", "Scheduling", "State", "TestSupport"]),
        tests("SystemCalls", ["CShim", "TestSupport", "Values"]),
        tests("Git", ["Model", "Signatures", "TestSupport", "Values"]),
        tests("LinuxHost", ["TestSupport"]),
        tests("LinuxAgent", ["Agent", "CShim", "Model", "Scheduling", "State", "TestSupport"]),
    ]
)
