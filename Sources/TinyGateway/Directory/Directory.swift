import Billing

/// Who may come in: accounts and the tokens of their balances. It lives on the loop.
///
/// Changes are made one after the other: on a copy, which goes to the disk and then takes the place
/// of what was. So nobody is let in by a token that a crash would forget, and a failed write
/// changes nothing.
final class Directory {
    /// Replaces `directory.json`; the completion comes on the loop.
    typealias Save = (_ bytes: [UInt8], _ done: @escaping (FileError?) -> Void) -> Void
    typealias Change = (inout DirectoryContent) throws(DirectoryError) -> Void

    static let fileName = "directory.json"
    /// Bytes of `directory.json`: some 100,000 balances, or 20,000 with an own login each.
    static let bytesMax = 67_108_864
    static let mode: UInt32 = 0o600

    private(set) var content: DirectoryContent
    private var byDigest: [Digest32: Access] = [:]
    /// Balances that the ledger does not know: their tokens are ignored.
    private var strays: Set<BalanceID> = []
    private let save: Save
    private let bytesMax: Int
    private var queue: [(change: Change, done: (DirectoryError?) -> Void)] = []
    private var isSaving = false
    /// Told of every change that has become visible, before whoever asked for it.
    var onChange: (() -> Void)?

    init(
        _ content: DirectoryContent, bytesMax: Int = Directory.bytesMax, save: @escaping Save
    ) {
        self.content = content
        self.bytesMax = bytesMax
        self.save = save
        index()
    }

    /// Reads `path`; a missing file is an empty directory.
    static func read(_ path: String) throws(DirectoryError) -> DirectoryContent {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try Files.read(path, bytesMax: bytesMax)
        } catch let error {
            if case .missing = error { return DirectoryContent() }
            throw .file(error)
        }
        return try DirectoryContent(decoding: bytes)
    }

    /// Whom a token lets in. The dictionary is keyed by the digest, never by the token, and
    /// comparing digests takes the same time whatever they are: timing tells nothing about a token.
    func access(_ token: AccessToken) -> Access? {
        byDigest[token.digest]
    }

    /// Ignores the tokens of these balances.
    func setAside(_ balances: [BalanceID]) {
        strays = Set(balances)
        index()
    }

    /// Makes a change durable and then visible.
    /// - Parameter done: on the loop, with what was wrong, nil after success.
    func change(_ change: @escaping Change, done: @escaping (DirectoryError?) -> Void) {
        queue.append((change, done))
        if !isSaving { next() }
    }

    private func next() {
        guard !queue.isEmpty else { return }
        let (change, done) = queue.removeFirst()
        var changed = content
        do throws(DirectoryError) {
            try change(&changed)
        } catch let error {
            done(error)
            next()
            return
        }
        let bytes = changed.encoded
        guard bytes.count <= bytesMax else {
            done(.full)
            return next()
        }
        isSaving = true
        let result = changed
        save(bytes) { error in
            self.isSaving = false
            if let error {
                done(.notWritten(error))
            } else {
                self.content = result
                self.index()
                self.onChange?()
                done(nil)
            }
            if !self.isSaving { self.next() }
        }
    }

    private func index() {
        byDigest.removeAll(keepingCapacity: true)
        for record in content.records where !strays.contains(record.balance) {
            byDigest[record.digest] = record.access
        }
    }
}
