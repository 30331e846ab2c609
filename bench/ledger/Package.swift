// swift-tools-version: 6.2
import PackageDescription

// The gateway's own ledger with nothing around it, built as the release is. `rig/ledger.py` lays the sources beside
// this file: links to Billing, CUV, CMbedTLS and to the folders that the ledger names.
let embedded = Context.environment["TINYGATEWAY_EMBEDDED_LIBRARIES"] ?? ""
let swiftSettings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableExperimentalFeature("Embedded"),
    .unsafeFlags(["-wmo", "-Osize", "-enforce-exclusivity=unchecked"]),
]

let package = Package(
    name: "LedgerBench",
    targets: [
        .target(
            name: "CUV",
            exclude: ["install.sh", "install.ps1"],
            cSettings: [.define("_GNU_SOURCE"), .define("TINYGATEWAY_EMBEDDED")],
            linkerSettings: [
                .linkedLibrary(":libuv_a.a"), .linkedLibrary("pthread"), .linkedLibrary("dl"),
            ]),
        .target(
            name: "CMbedTLS",
            linkerSettings: [
                .linkedLibrary(":libmbedtls.a"), .linkedLibrary(":libmbedx509.a"), .linkedLibrary(":libmbedcrypto.a"),
            ]),
        .target(name: "Billing", swiftSettings: swiftSettings),
        .executableTarget(
            name: "LedgerBench",
            dependencies: ["CUV", "CMbedTLS", "Billing"],
            swiftSettings: swiftSettings,
            linkerSettings: [
                .unsafeFlags(["-L\(embedded)", "-use-ld=lld"]), .linkedLibrary("swiftUnicodeDataTables"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
