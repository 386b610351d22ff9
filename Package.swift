// swift-tools-version: 6.2
import PackageDescription

/// Set by `.ci/run`: a warning fails the build there, never on a user's newer compiler.
let warningsAreErrors = Context.environment["MVP_AUTH_WARNINGS_AS_ERRORS"] != nil

let settings: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ] + (warningsAreErrors ? [.treatAllWarnings(as: .error)] : [])

/// Set by `Scripts/fuzz`: what is fuzzed counts the edges that it takes, and the fuzzer is built.
let isFuzzing = Context.environment["MVP_AUTH_FUZZ"] != nil
let fuzzedSettings = settings + (isFuzzing ? [.unsafeFlags(["-sanitize=fuzzer", "-parse-as-library"])] : [])

let package = Package(
    name: "mvp-auth",
    platforms: [.macOS(.v15)],
    products: [
        .library(
            name: "MVPAuth",
            targets: [
                "MVPAuth", "AuthCrypto", "InternationalDomains", "MemoryStore", "SQLiteStore",
                "PostgresStore",
            ]),
        .library(name: "MVPAuthClient", targets: ["MVPAuthClient"]),
        // For the tests of a store of one's own.
        .library(name: "StoreConformance", targets: ["StoreConformance"]),
        .executable(name: "mvp-authd", targets: ["mvp-authd"]),
        .executable(name: "mvp-auth-http", targets: ["mvp-auth-http"]),
        .executable(name: "mvp-auth-mail", targets: ["mvp-auth-mail"]),
        .executable(name: "mvp-auth", targets: ["mvp-auth"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    ],
    targets: [
        // System libraries: a module map and a shim header each, nothing else.
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CArgon2", pkgConfig: "libargon2", providers: [.apt(["libargon2-dev"])]),
        .systemLibrary(name: "CXCrypt", pkgConfig: "libxcrypt", providers: [.apt(["libcrypt-dev"])]),
        .systemLibrary(name: "CIDN2", pkgConfig: "libidn2", providers: [.apt(["libidn2-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CLinux"),

        // What happens before main, which Swift cannot say.
        .target(name: "CProcessStart"),

        // The domain, pure: no I/O, no C.
        .target(
            name: "MVPAuth",
            dependencies: ["StrictJSON"],
            exclude: ["Passwords/common-passwords.txt"],
            swiftSettings: settings),

        // Adapters for the domain's ports.
        .target(
            name: "AuthCrypto", dependencies: ["MVPAuth", "StrictJSON", "COpenSSL", "CArgon2", "CXCrypt"],
            swiftSettings: settings),
        .target(name: "InternationalDomains", dependencies: ["MVPAuth", "CIDN2"], swiftSettings: settings),
        .target(name: "MemoryStore", dependencies: ["MVPAuth"], swiftSettings: settings),
        .target(
            name: "SQLiteStore",
            dependencies: ["MVPAuth", "CSQLite"], swiftSettings: settings),

        .target(
            name: "PostgresStore", dependencies: ["MVPAuth", "CPostgres"], swiftSettings: settings),

        // The wire and the catalogue.
        .target(name: "StrictJSON", exclude: ["README.md"], swiftSettings: fuzzedSettings),
        .target(name: "JSONRPC", dependencies: ["StrictJSON"], swiftSettings: fuzzedSettings),
        .target(name: "AuthAPI", dependencies: ["StrictJSON", "MVPAuth"], swiftSettings: settings),

        // Files of accounts.
        .target(name: "AccountTransfer", dependencies: ["MVPAuth", "StrictJSON"], swiftSettings: settings),

        // Processes.
        .target(name: "Host", dependencies: ["CLinux"], swiftSettings: settings),
        .target(
            name: "AuthSettings", dependencies: ["AuthAPI", "MVPAuth", "Host", "StrictJSON"],
            swiftSettings: settings),
        .target(
            name: "Preflight",
            dependencies: ["AuthCrypto", "AuthSettings", "MVPAuth", "PostgresStore", "Host"],
            swiftSettings: settings),
        .target(
            name: "AuthLogging",
            dependencies: [
                "MVPAuth", "Host", "StrictJSON", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .target(name: "PrometheusText", dependencies: ["Host", "MVPAuth"], swiftSettings: settings),
        .target(name: "EmailTemplates", dependencies: ["Host"], swiftSettings: settings),
        .target(
            name: "EmailDelivery",
            dependencies: [
                "AuthAPI", "AuthSettings", "EmailTemplates", "InternationalDomains", "MVPAuth", "Host", "StrictJSON",
                "CCurl", "CLinux", "COpenSSL",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings),
        .target(
            name: "AuthServer",
            dependencies: [
                "AuthAPI", "JSONRPC", "StrictJSON", "MVPAuth", "Host", "CLinux", "PrometheusText",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings),
        .target(
            name: "MVPAuthClient",
            dependencies: [
                "AuthAPI", "JSONRPC", "StrictJSON", "MVPAuth", "CLinux",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings),
        .target(
            name: "RESTShim",
            dependencies: [
                "AuthAPI", "AuthSettings", "EmailTemplates", "JSONRPC", "StrictJSON", "MVPAuth", "MVPAuthClient",
                "Host", "PrometheusText",
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOExtras", package: "swift-nio-extras"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            exclude: [
                "Docs/home.css", "Docs/home.html", "Docs/mailbox.css", "Docs/mailbox.html", "Docs/page.css",
                "Docs/page-document.js", "Docs/page.html", "Docs/page.js", "Pages/link.css", "Pages/link.html",
                "Pages/link.js",
            ],
            swiftSettings: fuzzedSettings),
        .executableTarget(
            name: "mvp-authd",
            dependencies: [
                "CProcessStart",
                "AuthAPI", "AuthLogging", "AuthServer", "AuthSettings", "AuthCrypto",
                "InternationalDomains",
                "MemoryStore", "SQLiteStore", "PostgresStore", "Preflight", "MVPAuth", "MVPAuthClient",
                "Host",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "mvp-auth-http",
            dependencies: [
                "CProcessStart",
                "RESTShim", "MVPAuthClient", "AuthAPI", "AuthLogging", "AuthSettings", "Host",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "mvp-auth-mail",
            dependencies: [
                "CProcessStart",
                "EmailDelivery", "MVPAuthClient", "AuthAPI", "AuthLogging", "AuthSettings", "Host",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "mvp-auth",
            dependencies: [
                "CProcessStart",
                "AccountTransfer", "MVPAuthClient", "AuthAPI", "AuthCrypto", "AuthSettings", "StrictJSON", "MVPAuth",
                "PostgresStore", "Preflight", "PrometheusText", "Host", "SQLiteStore", "InternationalDomains",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),

        // Writes documents, clients and vectors from the catalogue: `make generate`. Not shipped.
        .executableTarget(
            name: "mvp-auth-gen",
            dependencies: ["AuthAPI", "AuthSettings", "EmailDelivery", "StrictJSON", "MVPAuth", "RESTShim"],
            swiftSettings: settings),

        .executableTarget(
            name: "InProcessExample", dependencies: ["MVPAuth", "AuthCrypto", "InternationalDomains", "MemoryStore"],
            path: "Examples/InProcess", swiftSettings: settings),
        .executableTarget(
            name: "HummingbirdExample",
            dependencies: [
                "MVPAuth", "MVPAuthClient",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
            ],
            path: "Examples/HummingbirdApp", swiftSettings: settings),
        .executableTarget(
            name: "TwoLanguagesExample", dependencies: ["MVPAuth", "MVPAuthClient"],
            path: "Examples/TwoLanguages", exclude: ["accounts.py"], swiftSettings: settings),
        .target(
            name: "CustomStore", dependencies: ["MVPAuth"], path: "Examples/CustomStore", swiftSettings: settings),

        // Tests mirror the sources.
        .target(
            name: "StoreConformance", dependencies: ["MVPAuth"], path: "Tests/StoreConformance",
            swiftSettings: settings),
        .target(name: "PostgresServer", path: "Tests/PostgresServer", swiftSettings: settings),
        .target(
            name: "AuthTesting", dependencies: ["AuthCrypto", "InternationalDomains", "MemoryStore", "MVPAuth"],
            path: "Tests/AuthTesting", swiftSettings: settings),
        .target(
            name: "Contract", dependencies: ["AuthAPI", "MVPAuth", "StrictJSON"], path: "Tests/Contract",
            swiftSettings: settings),
        .target(
            name: "WireChecks", dependencies: ["JSONRPC", "StrictJSON"], path: "Tests/Fuzzing/Checks",
            swiftSettings: settings),
        .target(
            name: "HTTPChecks",
            dependencies: [
                "RESTShim", "WireChecks",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            path: "Tests/Fuzzing/HTTPChecks", swiftSettings: settings),
        .testTarget(name: "StrictJSONTests", dependencies: ["AuthTesting", "StrictJSON"], swiftSettings: settings),
        .testTarget(
            name: "JSONRPCTests", dependencies: ["JSONRPC", "StrictJSON", "WireChecks"], swiftSettings: settings),
        .testTarget(
            name: "AuthAPITests", dependencies: ["AuthAPI", "Contract", "MVPAuth", "StrictJSON"], exclude: ["OpenRPC"],
            swiftSettings: settings),
        .testTarget(
            name: "AuthCryptoTests", dependencies: ["AuthCrypto", "AuthTesting", "MVPAuth"], exclude: ["Fixtures"],
            swiftSettings: settings),
        .testTarget(
            name: "AccountTransferTests", dependencies: ["AccountTransfer", "MVPAuth"],
            swiftSettings: settings),
        .testTarget(
            name: "AuthServerTests",
            dependencies: [
                "AuthTesting", "StoreConformance", "AuthServer", "AuthAPI", "AuthCrypto", "InternationalDomains",
                "JSONRPC", "MemoryStore", "MVPAuth",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "ConventionTests", dependencies: ["AuthSettings", "EmailDelivery", "RESTShim"],
            swiftSettings: settings),
        .testTarget(
            name: "EmailDeliveryTests",
            dependencies: [
                "mvp-auth-mail", "AuthSettings", "EmailDelivery", "EmailTemplates", "MVPAuth", "StrictJSON",
            ],
            exclude: ["Helpers"], swiftSettings: settings),
        .testTarget(name: "HostTests", dependencies: ["Host"], swiftSettings: settings),
        .testTarget(
            name: "PrometheusTextTests", dependencies: ["MVPAuth", "PrometheusText"], swiftSettings: settings),
        .testTarget(
            name: "AuthSettingsTests", dependencies: ["AuthSettings", "AuthAPI"], swiftSettings: settings),
        .testTarget(
            name: "MVPAuthTests",
            dependencies: ["AuthTesting", "StoreConformance", "MVPAuth", "InternationalDomains", "AuthCrypto"],
            swiftSettings: settings),
        .testTarget(
            name: "MemoryStoreTests", dependencies: ["MemoryStore", "StoreConformance"], swiftSettings: settings),
        .testTarget(
            name: "CustomStoreTests", dependencies: ["AuthTesting", "CustomStore", "MVPAuth", "StoreConformance"],
            swiftSettings: settings),
        .testTarget(
            name: "SQLiteStoreTests",
            dependencies: [
                "AuthTesting", "SQLiteStore", "StoreConformance", "MVPAuth", "AuthCrypto", "InternationalDomains",
            ],
            exclude: ["Fixtures"], swiftSettings: settings),
        .testTarget(
            name: "PostgresStoreTests",
            dependencies: [
                "AuthTesting", "PostgresStore", "StoreConformance", "MVPAuth", "AuthCrypto", "InternationalDomains",
                "PostgresServer",
            ],
            swiftSettings: settings),
        .testTarget(
            name: "MVPAuthClientTests",
            dependencies: [
                "MVPAuthClient", "AuthAPI", "JSONRPC", "MVPAuth", "StrictJSON",
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "RESTShimTests",
            dependencies: [
                "AuthTesting", "RESTShim", "HTTPChecks", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "mvp-authd", "mvp-auth-http", "mvp-auth-mail", "mvp-auth", "HummingbirdExample", "TwoLanguagesExample",
                "AuthAPI", "AuthCrypto", "AuthServer", "AuthTesting", "Contract", "InternationalDomains",
                "JSONRPC", "MVPAuth", "MVPAuthClient", "MemoryStore", "PostgresServer", "SQLiteStore", "StrictJSON",
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["Browser", "ServiceManager", "Terminal"],
            swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)

if isFuzzing {
    package.targets.append(.target(name: "LibFuzzer", path: "Tests/Fuzzing/LibFuzzer", swiftSettings: settings))
    package.targets += [("Wire", "Fuzzer"), ("HTTP", "HTTPFuzzer")].map { name, directory in
        Target.executableTarget(
            name: name + "Fuzzer", dependencies: ["LibFuzzer", .byName(name: name + "Checks")],
            path: "Tests/Fuzzing/" + directory,
            swiftSettings: fuzzedSettings,
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])])
    }
}
