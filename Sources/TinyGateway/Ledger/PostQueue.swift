import Billing

/// What was posted and is not durable yet: under way to the disk, or waiting for its turn. No I/O:
/// it says what may be submitted next.
struct PostQueue {
    typealias Done = (PostOutcome) -> Void
    /// Gives the entry when its turn has come.
    typealias Make = (Ledger, Timestamp) throws(LedgerError) -> LedgerEntry

    private struct UnderWay {
        let entry: LedgerEntry
        let done: Done
        let isSerial: Bool
    }

    private struct Waiting {
        let make: Make
        let quiet: BalanceID?
        let done: Done
    }

    private var underWay: [Int64: UnderWay] = [:]
    private var exchanges: [ExchangeID: Int64] = [:]
    private var underWayOf: [BalanceID: Int] = [:]
    private var waiting: [Waiting] = []
    private var isSerialUnderWay = false
    private var nextTicket: Int64 = 1
    private var nextFinished: Int64 = 1

    var count: Int { underWay.count + waiting.count }

    /// Notes an entry that goes to the writer now.
    /// - Returns: its ticket.
    mutating func submit(_ entry: LedgerEntry, _ done: @escaping Done) -> Int64 {
        let ticket = nextTicket
        nextTicket += 1
        let isSerial = entry.exchangeID == nil
        check(!isSerial || !isSerialUnderWay, "one checked entry at a time")
        if let exchange = entry.exchangeID {
            let previous = exchanges.updateValue(ticket, forKey: exchange)
            check(previous == nil, "an exchange is settled once")
        }
        if let balance = entry.balanceID { underWayOf[balance, default: 0] += 1 }
        if isSerial { isSerialUnderWay = true }
        underWay[ticket] = UnderWay(entry: entry, done: done, isSerial: isSerial)
        return ticket
    }

    /// The writer is done with this ticket. They come back in order.
    mutating func finish(_ ticket: Int64) -> Done {
        check(ticket == nextFinished, "results come in the order of submission")
        nextFinished += 1
        guard let finished = underWay.removeValue(forKey: ticket) else {
            preconditionFailure("a ticket that is under way")
        }
        if let exchange = finished.entry.exchangeID { exchanges.removeValue(forKey: exchange) }
        if finished.isSerial { isSerialUnderWay = false }
        if let balance = finished.entry.balanceID { leave(balance) }
        return finished.done
    }

    /// - Parameter quiet: the balance whose charges have to be durable first.
    mutating func wait(_ make: @escaping Make, quiet: BalanceID?, _ done: @escaping Done) {
        waiting.append(Waiting(make: make, quiet: quiet, done: done))
    }

    /// The first that waits for nothing but its turn. One that waits for a busy balance holds no
    /// other one up.
    mutating func nextWaiting() -> (make: Make, done: Done)? {
        if isSerialUnderWay { return nil }
        for index in waiting.indices {
            if let quiet = waiting[index].quiet, underWayOf[quiet] != nil { continue }
            let next = waiting.remove(at: index)
            return (next.make, next.done)
        }
        return nil
    }

    mutating func removeWaiting() -> [Done] {
        let removed = waiting.map { $0.done }
        waiting.removeAll()
        return removed
    }

    /// Whether an entry that is checked against the books waits or is under way.
    var isSerialPending: Bool { isSerialUnderWay || !waiting.isEmpty }

    func pending(_ exchange: ExchangeID) -> (ticket: Int64, entry: LedgerEntry)? {
        guard let ticket = exchanges[exchange], let found = underWay[ticket] else { return nil }
        return (ticket, found.entry)
    }

    private mutating func leave(_ balance: BalanceID) {
        guard let count = underWayOf[balance], count > 0 else {
            preconditionFailure("as many leave as came")
        }
        underWayOf[balance] = count == 1 ? nil : count - 1
    }
}
