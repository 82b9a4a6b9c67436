// swift-tools-version: 6.2
import PackageDescription

/// Every target is held to the same rules: language mode 6, no warnings.
let swiftSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableExperimentalFeature("Lifetimes"),
]

let package = Package(
    name: "saliencyd",
    products: [
        .executable(name: "saliencyd", targets: ["Daemon"]),
        // For other packages, as in Examples/ExplainWindow: `import Engine`.
        .library(name: "SaliencyEngine", targets: ["Engine"]),
        // For Benchmarks/, a package of its own.
        .library(name: "CKernels", targets: ["CKernels"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        // Neither its configuration files nor Foundation's locales are used.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        // What Hummingbird is made of: its limits are set on these.
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CFFmpeg",
            providers: [
                .apt(["libavformat-dev", "libavcodec-dev", "libavutil-dev", "libswscale-dev", "libswresample-dev"])
            ]),
        // Animated WebP, which FFmpeg (5.1 to 7.1) does not decode.
        .systemLibrary(name: "CWebP", providers: [.apt(["libwebp-dev"])]),
        // TLS, of which FFmpeg (5.1 to 7.1) leaves out for RTSP who is at the other end.
        .systemLibrary(name: "CGnuTLS", providers: [.apt(["libgnutls28-dev"])]),
        // MQTT.
        .systemLibrary(name: "CMosquitto", providers: [.apt(["libmosquitto-dev"])]),
        // The ledger, and the configuration. GRDB and Yams would be 14 MB more: docs/decisions/0005-foundation-essentials.md.
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CYAML", providers: [.apt(["libyaml-dev"])]),
        // OpenBLAS, loaded when it is used: docs/decisions/0006-openblas-when-needed.md. Its header (libopenblas-dev) gives
        // the types.
        .target(name: "COpenBLAS", cSettings: [.unsafeFlags(["-std=c2x", "-Wall", "-Wextra", "-Werror"])]),
        // Kernels are optimised in debug builds too: the tests run the same machine code that ships.
        .target(
            name: "CKernels",
            cSettings: [.unsafeFlags(["-std=c2x", "-O3", "-ffp-contract=off", "-Wall", "-Wextra", "-Werror"])]),
        // The built-in models, through C23's #embed.
        .target(name: "CModels", cSettings: [.unsafeFlags(["-std=c2x", "-Wall", "-Wextra", "-Werror"])]),
        // What runs when the process has crashed.
        .target(name: "CCrash", cSettings: [.unsafeFlags(["-std=c2x", "-Wall", "-Wextra", "-Werror"])]),
        // What the kernel says of its wall clock.
        .target(name: "CClock", cSettings: [.unsafeFlags(["-std=c2x", "-Wall", "-Wextra", "-Werror"])]),
        .target(
            name: "Concurrency", dependencies: ["CCrash", .product(name: "DequeModule", package: "swift-collections")],
            swiftSettings: swiftSettings),
        .target(name: "Files", dependencies: ["CKernels"], swiftSettings: swiftSettings),
        .target(
            name: "Media", dependencies: ["CFFmpeg", "CKernels", "Concurrency", "Files"], swiftSettings: swiftSettings),
        .target(
            name: "WebClient",
            dependencies: [
                "Files",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "Decode",
            dependencies: [
                "CFFmpeg", "CGnuTLS", "CKernels", "Concurrency", "CWebP", "Files", "Media",
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "Engine", dependencies: ["CKernels", "CModels", "Files"], exclude: ["Builtin"],
            swiftSettings: swiftSettings),
        .target(name: "LinearAlgebra", dependencies: ["COpenBLAS"], swiftSettings: swiftSettings),
        .target(
            name: "Encode",
            dependencies: [
                "CFFmpeg", "CKernels", "Concurrency", "Files", "Media",
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "Pipeline",
            dependencies: [
                "Concurrency", "Decode", "Engine", "Encode", "Files", "LinearAlgebra", "Media", "WebClient",
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "Jobs", dependencies: ["CSQLite"], swiftSettings: swiftSettings),
        .target(
            name: "Telemetry",
            dependencies: [
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "DaemonConfiguration",
            dependencies: [
                "Concurrency", "CYAML", "Decode", "Encode", "Engine", "Files", "Jobs", "Media", "Pipeline", "Telemetry",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "Events",
            dependencies: [
                "Concurrency", "DaemonConfiguration", "Decode", "Files", "Media", "Pipeline", "Telemetry", "WebClient",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "JobService",
            dependencies: [
                "CCrash", "Concurrency", "DaemonConfiguration", "Decode", "Encode", "Engine", "Events", "Files", "Jobs",
                "Media", "Pipeline", "Telemetry",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "Cameras",
            dependencies: [
                "CClock", "Concurrency", "DaemonConfiguration", "Decode", "Encode", "Engine", "Events", "Files",
                "Media", "Pipeline", "Telemetry",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "MQTT",
            dependencies: [
                "Cameras", "CMosquitto", "Concurrency", "DaemonConfiguration", "Decode", "Events", "Files", "Jobs",
                "JobService", "Media", "Pipeline",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: swiftSettings),
        .target(
            name: "HTTPAPI",
            dependencies: [
                "Cameras", "Concurrency", "DaemonConfiguration", "Encode", "Engine", "Files", "Jobs", "JobService",
                "Pipeline", "Telemetry",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            resources: [.embedInCode("openapi.yaml")],
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "Daemon",
            dependencies: [
                "Cameras", "Concurrency", "DaemonConfiguration", "Decode", "Encode", "Engine", "Files", "HTTPAPI",
                "Jobs", "JobService", "LinearAlgebra", "Media", "MQTT", "Pipeline", "Telemetry", "WebClient",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: swiftSettings,
            linkerSettings: [
                // Relocations in a fortieth of the space: 1 MB less of every process. GNU gold, the default, cannot.
                .unsafeFlags(
                    ["-use-ld=lld", "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs"],
                    .when(configuration: .release))
            ]),

        .target(
            name: "TestSupport", dependencies: ["CGnuTLS", "CMosquitto"], path: "Tests/TestSupport",
            swiftSettings: swiftSettings),
        .testTarget(
            name: "ConcurrencyTests", dependencies: ["Concurrency", "TestSupport"], swiftSettings: swiftSettings),
        .testTarget(
            name: "FilesTests", dependencies: ["CKernels", "Files", "TestSupport"], swiftSettings: swiftSettings),
        .testTarget(name: "MediaTests", dependencies: ["Media"], swiftSettings: swiftSettings),
        .testTarget(name: "DecodeTests", dependencies: ["Decode", "TestSupport"], swiftSettings: swiftSettings),
        .testTarget(
            name: "EngineTests", dependencies: ["Engine", "Files", "TestSupport"], swiftSettings: swiftSettings),
        .testTarget(
            name: "LinearAlgebraTests", dependencies: ["LinearAlgebra", "TestSupport"], swiftSettings: swiftSettings),
        .testTarget(
            name: "EncodeTests", dependencies: ["Encode", "Decode", "TestSupport"], swiftSettings: swiftSettings),
        .testTarget(
            name: "PipelineTests", dependencies: ["LinearAlgebra", "Pipeline", "WebClient", "TestSupport"],
            swiftSettings: swiftSettings),
        .testTarget(name: "JobsTests", dependencies: ["Jobs", "TestSupport"], swiftSettings: swiftSettings),
        .testTarget(name: "TelemetryTests", dependencies: ["Telemetry", "TestSupport"], swiftSettings: swiftSettings),
        .testTarget(
            name: "WebClientTests", dependencies: ["Files", "WebClient", "TestSupport"], swiftSettings: swiftSettings),
        .testTarget(
            name: "DaemonConfigurationTests", dependencies: ["DaemonConfiguration", "TestSupport"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "DaemonTests",
            dependencies: [
                "Daemon", "TestSupport", .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
            ],
            swiftSettings: swiftSettings),
    ]
)
