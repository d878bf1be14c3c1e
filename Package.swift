// swift-tools-version:6.2
import PackageDescription

/// Settings every Swift target shares.
let common: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// Modules that hold no `Unsafe…` code; only the format, file and tensor modules may.
let safe: [SwiftSetting] = common + [.strictMemorySafety()]

/// Kernels are optimised in every configuration: an unoptimised one is fifty times slower.
let kernelSettings: [CSetting] = [.unsafeFlags(["-O3", "-fno-math-errno"])]

let argumentParser: Target.Dependency = .product(
    name: "ArgumentParser", package: "swift-argument-parser")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let database: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let lifecycle: Target.Dependency = .product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let nio: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let unixSignals: Target.Dependency = .product(
    name: "UnixSignals", package: "swift-service-lifecycle")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

/// The tests of one module, in `Tests/<Module>Tests`.
func tests(_ module: String, _ others: [Target.Dependency], fixtures: Resource? = nil) -> Target {
    .testTarget(
        name: module + "Tests", dependencies: [.byName(name: module), system] + others,
        exclude: [], resources: fixtures.map { [$0] } ?? [], swiftSettings: common)
}

let package = Package(
    name: "Pharos",
    products: [.executable(name: "pharos", targets: ["pharos"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // System libraries and C.
        .systemLibrary(
            name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
        .systemLibrary(name: "CBzip2", providers: [.apt(["libbz2-dev"])]),
        .systemLibrary(
            name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .systemLibrary(name: "CLzma", pkgConfig: "liblzma", providers: [.apt(["liblzma-dev"])]),
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .target(name: "CKernels", cSettings: kernelSettings),
        .target(name: "CXMLBridge", dependencies: ["CLibXML2"]),

        // One format or one kind of system call each.
        .target(name: "FileAccess", dependencies: [system, crypto], swiftSettings: common),
        .target(name: "Zstandard", dependencies: ["CZstd"], swiftSettings: common),
        .target(name: "Safetensors", dependencies: ["FileAccess", system], swiftSettings: common),
        .target(name: "Tensors", dependencies: ["CKernels", "COpenBLAS"], swiftSettings: common),

        // The model.
        .target(name: "Tokenization", dependencies: ["FileAccess", system], swiftSettings: safe),
        .target(
            name: "BeaconModel",
            dependencies: ["FileAccess", "Safetensors", "Tensors", "Tokenization", system],
            swiftSettings: safe),
        .target(
            name: "BundledModel", dependencies: [system], resources: [.copy("Model")], swiftSettings: safe),

        // Documents in, caches out.
        .target(
            name: "Documents",
            dependencies: ["CArchive", "CBzip2", "CLzma", "CXMLBridge", "CZlib", "CZstd", system],
            swiftSettings: common),
        .target(
            name: "CacheStorage",
            dependencies: ["FileAccess", "Safetensors", "Zstandard", crypto, database, system],
            swiftSettings: common),
        .target(
            name: "ContextCaching",
            dependencies: ["BeaconModel", "CacheStorage", "FileAccess", "Tensors", "Tokenization", system],
            swiftSettings: safe),
        .target(
            name: "Answering",
            dependencies: ["BeaconModel", "CacheStorage", "ContextCaching", "Tensors", "Tokenization"],
            swiftSettings: safe),
        .target(
            name: "Evaluation",
            dependencies: [
                "BeaconModel", "FileAccess", "Safetensors", "Tensors", "Tokenization", "Zstandard", system,
            ],
            swiftSettings: safe),
        .target(
            name: "BeaconTraining",
            dependencies: [
                "BeaconModel", "CKernels", "COpenBLAS", "FileAccess", "Safetensors", "Tokenization",
                "Zstandard",
                system, yams,
            ],
            swiftSettings: common),
        .target(
            name: "Pipelines",
            dependencies: [
                "Answering", "BeaconModel", "CacheStorage", "ContextCaching", "Documents", "FileAccess",
                "Tensors",
                "Tokenization", system, yams,
            ],
            swiftSettings: safe),

        // The service.
        .target(
            name: "HTTPService",
            dependencies: [
                "Answering", "BeaconModel", "CacheStorage", "ContextCaching", httpTypes, hummingbird,
                hummingbirdCore, lifecycle, logging, nio, nioHTTP1, unixSignals,
            ],
            resources: [.copy("Page"), .copy("OpenAPI")], swiftSettings: safe),

        // The command line.
        .target(
            name: "PharosCommand",
            dependencies: [
                "Answering", "BeaconModel", "BeaconTraining", "BundledModel", "CacheStorage",
                "ContextCaching",
                "Documents", "Evaluation", "FileAccess", "HTTPService", "Pipelines", "Safetensors", "Tensors",
                "Tokenization", "Zstandard", argumentParser, logging, system, yams,
            ],
            swiftSettings: safe),
        .executableTarget(name: "pharos", dependencies: ["PharosCommand"], swiftSettings: safe),

        // Tests: one line each, in alphabetical order.
        tests("BeaconModel", ["Safetensors", "Tensors"], fixtures: .copy("Fixtures")),
        tests(
            "BeaconTraining", ["BeaconModel", "FileAccess", "Tokenization", "Zstandard"],
            fixtures: .copy("Fixtures")),
        tests(
            "Answering",
            [
                "BeaconModel", "BundledModel", "CacheStorage", "ContextCaching", "FileAccess", "Tensors",
                "Tokenization",
            ]),
        tests("CacheStorage", ["FileAccess", "Safetensors", "Zstandard", database]),
        tests("ContextCaching", ["BeaconModel", "BundledModel", "CacheStorage", "Tensors", "Tokenization"]),
        tests("Documents", [], fixtures: .copy("Fixtures")),
        tests("Evaluation", ["BeaconModel", "Tensors", "Tokenization"], fixtures: .copy("Fixtures")),
        tests("FileAccess", []),
        tests(
            "HTTPService",
            [
                "Answering", "BundledModel", "CacheStorage", "ContextCaching", "Documents", "Pipelines",
                "Tensors", httpTypes, hummingbird, logging, nio, nioEmbedded, nioHTTP1,
            ]),
        tests(
            "PharosCommand",
            [
                "BundledModel", "CacheStorage", "ContextCaching", "Documents", "Evaluation", "FileAccess",
                "HTTPService", "Pipelines", "Tensors", "Tokenization", argumentParser, system,
            ]),
        tests(
            "Pipelines",
            ["BundledModel", "CacheStorage", "ContextCaching", "Documents", "FileAccess", "Tensors"]),
        tests("Safetensors", ["FileAccess"]),
        tests("Tensors", ["CKernels"]),
        tests("Tokenization", [], fixtures: .copy("Fixtures")),
        tests("Zstandard", []),
    ]
)
