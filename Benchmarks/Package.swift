// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody who builds the command builds this.
let package = Package(
    name: "saliencyd-benchmarks",
    dependencies: [
        .package(name: "saliencyd", path: ".."),
        // Its default traits need packages that count allocations; the kernels make none.
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "Kernels",
            dependencies: [
                .product(name: "CKernels", package: "saliencyd"), .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Benchmarks/Kernels",
            swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)],
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
    ]
)
