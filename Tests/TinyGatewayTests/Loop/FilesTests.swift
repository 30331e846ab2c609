import Testing

@testable import TinyGateway

@Suite struct LoopFilesTests {
    let harness = BooksHarness()

    @Test func aFileIsReplacedWholeAndReadWithABound() throws {
        let path = harness.directory + "/some.file"
        #expect(throws: FileError.missing(path: path)) { try Files.read(path, bytesMax: 10) }
        try Files.replace(path, [1, 2, 3], mode: 0o600)
        try Files.replace(path, [4, 5], mode: 0o600)
        #expect(try Files.read(path, bytesMax: 2) == [4, 5])
        #expect(throws: FileError.tooLong(path: path, bytesMax: 1)) {
            try Files.read(path, bytesMax: 1)
        }
        #expect(!Files.exists(path + ".new"))
        try Files.replace(path, [], mode: 0o600)
        #expect(try Files.read(path, bytesMax: 2) == [])
        try Files.remove(path)
        try Files.remove(path)
        #expect(!Files.exists(path))
    }

    @Test func aLockKeepsOthersOut() throws {
        let path = harness.directory + "/locked"
        let first = try File(path, .create(mode: 0o600))
        try first.lock()
        let second = try File(path, .readWrite)
        #expect(throws: FileError.locked(path: path)) { try second.lock() }
        first.unlock()
        try second.lock()
    }

    @Test func foldersAreMadeOnceAndErrorsAreSentences() throws {
        let path = harness.directory + "/folder"
        try Files.makeFolder(path, mode: 0o700)
        try Files.makeFolder(path, mode: 0o700)
        #expect(Files.exists(path))
        let error = FileError.failed(call: "open", path: "p", code: 13)
        #expect(error.text == "open of p failed: Permission denied")
    }
}
