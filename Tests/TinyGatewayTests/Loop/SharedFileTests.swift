import Foundation
import Testing

@testable import TinyGateway

@Suite("Loop: files that are not ours alone") struct SharedFileTests {
    let harness = BooksHarness()
    var path: String { harness.directory + "/shared" }

    func make(_ mode: UInt32) throws {
        try Files.replace(path, [1], mode: 0o600)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    @Test(arguments: [0o600, 0o640, 0o664] as [UInt32])
    func theModeStays(_ mode: UInt32) throws {
        try make(mode)
        try SharedFile.replace(path, [2, 3])
        #expect(SharedFile.mode(path) == mode)
        #expect(try Files.read(path, bytesMax: 9) == [2, 3])
        #expect(!Files.exists(path + ".new"))
    }

    @Test func theOwnerStays() throws {
        guard HostProcess.isRoot else { return }
        try make(0o600)
        try FileManager.default.setAttributes(
            [.ownerAccountID: 4711, .groupOwnerAccountID: 4712], ofItemAtPath: path)
        try SharedFile.replace(path, [2])
        let owner = HostProcess.owner(of: path)
        #expect(owner?.user == 4711 && owner?.group == 4712)
    }

    @Test func aLinkStaysALink() throws {
        try make(0o600)
        let link = harness.directory + "/link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "shared")
        try SharedFile.replace(link, [7])
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "shared")
        #expect(try Files.read(path, bytesMax: 9) == [7])
    }

    @Test func whatIsMissingIsNotMade() {
        #expect(throws: FileError.missing(path: path)) { try SharedFile.replace(path, [1]) }
        #expect(SharedFile.mode(path) == nil && SharedFile.stamp(path) == 0)
        #expect(!SharedFile.isReplaceable(path))
    }

    @Test func aLeftOverOfACrashIsNoObstacle() throws {
        try make(0o600)
        try Files.replace(path + ".new", [9, 9, 9], mode: 0o644)
        try SharedFile.replace(path, [2])
        #expect(try Files.read(path, bytesMax: 9) == [2])
        #expect(SharedFile.mode(path) == 0o600)
    }

    @Test func aReplacedFileHasAnotherStamp() throws {
        try make(0o600)
        let before = SharedFile.stamp(path)
        try SharedFile.replace(path, [1])
        #expect(SharedFile.stamp(path) != before && before != 0)
        #expect(SharedFile.isReplaceable(path))
    }
}
