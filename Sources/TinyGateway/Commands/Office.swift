import Billing
import CUV

/// Where commands are carried out: the books and the directory of one data directory, in a running
/// gateway or in a command that has taken the lock itself.
final class Office {
    let configuration: Configuration
    let books: Books
    let directory: Directory
    let seal: TokenSeal
    let clock: () -> Timestamp
    /// Gives that many random bytes.
    let random: (Int) -> [UInt8]
    /// Of a running gateway: it knows more of keepalives than the directory does yet.
    var keepalive: Keepalive?

    init(
        configuration: Configuration, books: Books, directory: Directory, seal: TokenSeal,
        clock: @escaping () -> Timestamp, random: @escaping (Int) -> [UInt8] = Random.bytes
    ) {
        self.configuration = configuration
        self.books = books
        self.directory = directory
        self.seal = seal
        self.clock = clock
        self.random = random
        // The ledger decides which balances there are (DESIGN section 3).
        directory.setAside(strayTokens)
    }

    /// Tokens whose balance the ledger does not know; they let nobody in.
    var strayTokens: [BalanceID] {
        directory.content.records.map { $0.balance }.filter { books.ledger.balance($0) == nil }
    }

    /// Balances that nobody can use because a crash came between the ledger and the directory.
    var balancesWithoutToken: [BalanceID] {
        books.ledger.balances.map { $0.id }.filter { directory.content.record($0) == nil }
    }

    /// How a balance is reached; nil when it has no token.
    func record(_ balance: BalanceID) -> AccessRecord? {
        guard var record = directory.content.record(balance) else { return nil }
        if let latest = keepalive?.record(of: balance) { record.keepalive = latest }
        return record
    }

    /// What the operator should do something about, one sentence a line.
    var remarks: String {
        var text = ""
        for balance in balancesWithoutToken {
            text +=
                "tinygateway: \(balance.text) has no token; `tinygateway token rotate "
                + "\(balance.text)` makes one\n"
        }
        for balance in strayTokens {
            text +=
                "tinygateway: directory.json has a token for \(balance.text), which is not in the "
                + "ledger; it is ignored\n"
        }
        return text
    }

    /// Opens the books and the directory of `configuration` on `loop`.
    /// - Throws: a `Refusal`, with `damaged` where that is the reason.
    static func open(
        _ configuration: Configuration, loop: EventLoop, mode: LedgerMode
    ) throws(Refusal) -> Office {
        let data = configuration.data
        let clock = { Timestamp(millisecondsSince1970: loop.wallClock) }
        let key: SecretBytes
        do throws(DirectoryError) {
            key = try SecretKey.read(data.path(SecretKey.fileName))
        } catch let error {
            throw Self.refusal(error)
        }
        let books: Books
        do throws(BooksError) {
            books = try Books.open(
                directory: data.directory, loop: loop, prices: configuration.billing.prices,
                terms: configuration.billing.terms, mode: mode, clock: clock)
        } catch let error {
            throw Self.refusal(error)
        }
        // Read under the lock that opening the books has taken.
        let path = data.path(Directory.fileName)
        let content: DirectoryContent
        do throws(DirectoryError) {
            content = try Directory.read(path)
        } catch let error {
            books.close {}
            loop.run()
            throw Self.refusal(error)
        }
        let directory = Directory(content) { bytes, done in
            // What was still queued behind the last change when the gateway stopped.
            guard !books.isClosed else {
                return done(.failed(call: "write", path: path, code: ECANCELED))
            }
            books.replaceFile(path, bytes, mode: Directory.mode, done: done)
        }
        return Office(
            configuration: configuration, books: books, directory: directory,
            seal: TokenSeal(key: key), clock: clock)
    }

    static func refusal(_ error: BooksError) -> Refusal {
        if case .damaged = error { return Refusal(error.text, status: .damaged) }
        return Refusal(error.text)
    }

    static func refusal(_ error: DirectoryError) -> Refusal {
        if case .damaged = error { return Refusal(error.text, status: .damaged) }
        return Refusal(error.text)
    }
}
