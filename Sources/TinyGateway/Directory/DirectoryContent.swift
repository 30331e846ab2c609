import Billing

/// What `directory.json` holds. A value: a change is made on a copy and counts once it is on the
/// disk.
struct DirectoryContent: Equatable {
    private(set) var accounts: [Account] = []
    private(set) var records: [AccessRecord] = []

    func account(_ id: AccountID) -> Account? {
        accounts.first { $0.id == id }
    }

    /// Addresses are compared without regard to ASCII case.
    func account(email: String) -> Account? {
        let folded = Self.folded(email)
        return accounts.first { Self.folded($0.email) == folded }
    }

    private static func folded(_ text: String) -> [UInt8] {
        text.utf8.map { $0 >= 0x41 && $0 <= 0x5A ? $0 + 0x20 : $0 }
    }

    func record(_ balance: BalanceID) -> AccessRecord? {
        records.first { $0.balance == balance }
    }

    /// - Throws: `.repeated` when id or address are there already.
    mutating func add(_ account: Account) throws(DirectoryError) {
        guard self.account(account.id) == nil, self.account(email: account.email) == nil else {
            throw .repeated(account.email)
        }
        accounts.append(account)
    }

    /// Adds a record, or puts it in the place of the balance's present one.
    /// - Throws: `.repeated` when another balance has the same token or, within the account,
    ///   provider.
    mutating func set(_ record: AccessRecord) throws(DirectoryError) {
        for other in records where other.balance != record.balance {
            guard other.digest != record.digest else { throw .repeated("a token") }
            guard other.account != record.account || other.provider != record.provider else {
                throw .repeated(record.provider)
            }
        }
        if let index = records.firstIndex(where: { $0.balance == record.balance }) {
            records[index] = record
        } else {
            records.append(record)
        }
    }

    /// Changes every keepalive that is on.
    /// - Parameter latest: nil where it is to stay as it is.
    mutating func updateKeepalives(_ latest: (BalanceID) -> KeepaliveRecord?) {
        for index in records.indices where records[index].keepalive?.isOn == true {
            if let latest = latest(records[index].balance) { records[index].keepalive = latest }
        }
    }

    /// The provider id for the account's next balance of a service: the first number that is free.
    func nextProvider(_ account: AccountID, _ service: Service) -> String {
        var number = 1
        while true {
            let provider = AccessRecord.provider(service, number: number)
            let isTaken = records.contains { $0.account == account && $0.provider == provider }
            if !isTaken { return provider }
            number += 1
        }
    }
}
