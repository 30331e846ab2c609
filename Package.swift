// swift-tools-version: 6.2
import PackageDescription

// Two builds from the same sources: normal Swift (tests, sanitizers, coverage) and, with
// TINYGATEWAY_EMBEDDED=1, Embedded Swift with libuv and mbedTLS linked in: one small file.
let packaging = "\(Context.packageDirectory)/packaging"
let isEmbedded = Context.environment["TINYGATEWAY_EMBEDDED"] == "1"

/// One list of compiler settings for every Swift target.
var swiftSettings: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]
var linkerSettings: [LinkerSetting] = []
/// Another mbedTLS than the system's: the prefix below which it is installed (`make check-mbedtls3`).
let mbedTLSPrefix = Context.environment["TINYGATEWAY_MBEDTLS"]
if let mbedTLSPrefix {
    swiftSettings.append(.unsafeFlags(["-Xcc", "-I\(mbedTLSPrefix)/include"]))
    linkerSettings.append(.unsafeFlags(["-L\(mbedTLSPrefix)/lib"]))
}
if isEmbedded {
    swiftSettings += [
        .enableExperimentalFeature("Embedded"),
        // Bitcode, which the linker optimizes as one program: what two files need stands there once.
        // (`-lto` alone would name the files .bc, and SwiftPM looks for .o.)
        .unsafeFlags([
            "-wmo", "-Osize", "-Xfrontend", "-emit-bc", "-Xfrontend", "-lto=llvm-full",
            "-enforce-exclusivity=unchecked",
        ]),
    ]
    linkerSettings += [
        .unsafeFlags([
            "-use-ld=lld",
            "-Xlinker", "--gc-sections", "-Xlinker", "--icf=all",
            // Else what the optimizer calls at last (__divti3) would come from a shared libgcc_s.
            "-Xclang-linker", "-static-libgcc",
            // Alike pieces of code become functions: 60 KiB.
            "-Xlinker", "-mllvm", "-Xlinker", "-enable-machine-outliner=always",
            // A call that is as large as what it calls stays a call: 13 KiB, and no slower.
            "-Xlinker", "-mllvm", "-Xlinker", "-inline-threshold=-20",
            // Relative relocations in a bitmap: 30 KiB less than a table.
            "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs",
            // What runs while waiting and serving lies together: half of the idle memory.
            "-Xlinker", "--symbol-ordering-file=\(packaging)/link-order.txt",
            "-Xlinker", "--no-warn-symbol-ordering",
            "-Xlinker", "-T", "-Xlinker", "\(packaging)/embedded.ld",
        ])
    ]
} else {
    // Exclusivity is proved statically where it can be; the dynamic checks cost 46% of a
    // relay's user time (measured on class-heavy code).
    swiftSettings += [
        .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))
    ]
}

let package = Package(
    name: "TinyGateway",
    targets: [
        .target(
            name: "CUV",
            // Embedded by cuv_assets.c.
            exclude: ["install.sh", "install.ps1"],
            // Bitcode as well: what is called often is inlined into Swift, what is never asked goes.
            cSettings: [.define("_GNU_SOURCE")]
                + (isEmbedded ? [.define("TINYGATEWAY_EMBEDDED"), .unsafeFlags(["-flto"])] : []),
            linkerSettings: [
                .linkedLibrary(":libuv_a.a"), .linkedLibrary("pthread"), .linkedLibrary("dl"),
            ]),
        .target(
            name: "CMbedTLS",
            cSettings: mbedTLSPrefix.map { [.unsafeFlags(["-I\($0)/include"])] },
            linkerSettings: [
                .linkedLibrary(":libmbedtls.a"), .linkedLibrary(":libmbedx509.a"),
                .linkedLibrary(":libmbedcrypto.a"),
            ]),
        .target(name: "Billing", swiftSettings: swiftSettings),
        .executableTarget(
            name: "TinyGateway",
            dependencies: ["CUV", "CMbedTLS", "Billing"],
            swiftSettings: swiftSettings,
            linkerSettings: linkerSettings),
    ]
        + (isEmbedded
            ? []
            : [
                .testTarget(
                    name: "BillingTests", dependencies: ["Billing"],
                    swiftSettings: swiftSettings),
                .testTarget(
                    name: "SimulationTests", dependencies: ["TinyGateway", "Billing"],
                    swiftSettings: swiftSettings),
                .testTarget(
                    name: "TinyGatewayTests", dependencies: ["TinyGateway", "Billing"],
                    swiftSettings: swiftSettings),
            ]),
    swiftLanguageModes: [.v6]
)
