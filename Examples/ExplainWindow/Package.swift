// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "ExplainWindow",
    dependencies: [.package(name: "saliencyd", path: "../..")],
    targets: [
        .executableTarget(
            name: "ExplainWindow", dependencies: [.product(name: "SaliencyEngine", package: "saliencyd")],
            path: "Sources", swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)])
    ]
)
