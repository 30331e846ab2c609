import Testing

/// Who may name whom. Everything points down: a relay that reached into a command, or a codec that
/// knew the loop, could not be read or tested alone.
@Suite("House: folders") struct HouseFolderTests {
    /// Folder -> folders whose types it may name, beside its own.
    static let mayName: [String: Set<String>] = [
        "Billing": [],
        "Bytes": [],
        "HTTP": ["Bytes"],
        "JSON": ["Bytes"],
        "Metering": ["Billing", "Bytes", "HTTP", "JSON"],
        "Loop": [],
        "Crypto": ["Bytes"],
        "TLS": ["Bytes", "Crypto", "Loop"],
        "Server": ["Bytes", "HTTP", "JSON", "Loop", "TLS"],
        "Ledger": ["Billing", "Bytes", "Crypto", "JSON", "Loop"],
        "Directory": ["Billing", "Bytes", "Crypto", "JSON", "Loop"],
        "Proxy": [
            "Billing", "Bytes", "HTTP", "JSON", "Metering", "Loop", "TLS", "Server", "Directory",
            "Ledger",
        ],
        "Dashboard": [
            "Billing", "Bytes", "HTTP", "JSON", "Crypto", "Loop", "Server", "Directory", "Ledger",
        ],
        // Its bounds of time are `Milliseconds`.
        "Limits.swift": ["Loop"],
    ]
    /// These wire everything.
    static let mayNameAll: Set<String> = ["Commands", "TinyGateway.swift"]
    /// Files that anybody may name: every bound of the process, and the two ways to speak to the
    /// operator.
    static let forAll: Set<String> = ["Limits.swift", "Check.swift", "Log.swift"]

    static let imports: [String: Set<String>] = [
        "Billing": [],
        "Bytes": ["CUV"],
        "HTTP": [],
        "JSON": [],
        "Metering": ["Billing"],
        "Loop": ["CUV"],
        // CUV for the kernel's random bytes alone.
        "Crypto": ["CMbedTLS", "CUV"],
        "TLS": ["CMbedTLS", "CUV"],
        "Server": [],
        "Ledger": ["Billing", "CUV"],
        "Directory": ["Billing"],
        "Proxy": ["Billing"],
        "Dashboard": ["Billing", "CUV"],
        "Commands": ["Billing", "CUV"],
        "TinyGateway.swift": ["CUV"],
        "Limits.swift": [],
    ]

    /// The only folders that handle memory by hand.
    static let unsafeFolders: Set<String> = ["Bytes", "Crypto", "Loop", "TLS", "Ledger"]

    @Test func theTreeIsFound() {
        #expect(SourceTree.swiftSources.count > 100)
        #expect(SourceTree.tests.count > 20)
    }

    @Test func everyFolderIsInTheTable() {
        for file in SourceTree.swiftSources where !Self.mayNameAll.contains(file.folder) {
            #expect(
                Self.mayName[file.folder] != nil,
                "\(file.path): \(file.folder) is no folder of the house; add it to this table")
        }
    }

    @Test func foldersNameOnlyWhatIsBelowThem() {
        var owners: [String: Set<String>] = [:]
        for file in SourceTree.swiftSources where !Self.forAll.contains(file.name) {
            for name in file.declaredTypes { owners[name, default: []].insert(file.folder) }
        }
        for file in SourceTree.swiftSources {
            for name in file.nestedTypes { owners[name]?.insert(file.folder) }
        }
        var faults: [HouseFault] = []
        for file in SourceTree.swiftSources {
            guard let allowed = Self.mayName[file.folder] else { continue }
            for (line, name) in file.identifiers {
                guard let owner = owners[name], !owner.contains(file.folder),
                    owner.isDisjoint(with: allowed)
                else { continue }
                faults.append(
                    HouseFault(
                        path: file.path, line: line,
                        what: "\(file.folder) names \(name) of \(owner.sorted())",
                        remedy: "pass it in as a value or a closure, or move the code up"))
            }
        }
        HouseFault.report(faults)
    }

    @Test func foldersImportOnlyWhatTheyMay() {
        var faults: [HouseFault] = []
        for file in SourceTree.swiftSources {
            for (index, line) in file.code.enumerated() {
                let words = line.split(separator: " ").map(String.init)
                guard let place = words.firstIndex(of: "import"), place + 1 < words.count,
                    line.first != " "
                else { continue }
                let module = words[place + 1]
                if Self.imports[file.folder, default: []].contains(module) { continue }
                faults.append(
                    HouseFault(
                        path: file.path, line: index + 1, what: "\(file.folder) imports \(module)",
                        remedy: "go through a folder that may, or add a shim to CUV"))
            }
        }
        HouseFault.report(faults)
    }

    @Test func onlyFiveFoldersAreUnsafe() {
        var faults: [HouseFault] = []
        for file in SourceTree.swiftSources where !Self.unsafeFolders.contains(file.folder) {
            for (line, name) in file.identifiers where name == "unsafe" || name == "nonisolated" {
                faults.append(
                    HouseFault(
                        path: file.path, line: line,
                        what: "`\(name)` outside \(Self.unsafeFolders)",
                        remedy: "lend a Span from one of these folders"))
            }
        }
        HouseFault.report(faults)
    }
}
