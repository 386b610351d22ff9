// swift-tools-version: 6.2
import PackageDescription

/// What the REST shim is compared with, and the Swift client beside a raw socket: nothing that users of the product
/// build.
let package = Package(
    name: "mvp-auth-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(name: "mvp-auth", path: ".."),
    ],
    targets: [
        .executableTarget(
            name: "BenchmarkHello",
            dependencies: [
                .product(name: "Hummingbird", package: "hummingbird"), .product(name: "Logging", package: "swift-log"),
            ]),
        .executableTarget(
            name: "ClientRows",
            dependencies: [
                .product(name: "MVPAuth", package: "mvp-auth"), .product(name: "MVPAuthClient", package: "mvp-auth"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
