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
    }

    private struct Waiting {
        let make: Make
        let quiet: BalanceID?
        let done: Done
    }

    /// In the order of their tickets, the first of which is `nextFinished`; those before `finished`
    /// are done with.
    private var underWay: [UnderWay?] = []
    private var finished = 0
    private var exchanges: [ExchangeID: Int64] = [:]
    private var waiting: [Waiting] = []
    private var isSerialUnderWay = false
    private var nextFinished: Int64 = 1

    var count: Int { underWay.count - finished + waiting.count }

    /// Notes an entry that goes to the writer now.
    /// - Returns: its ticket.
    mutating func submit(_ entry: LedgerEntry, _ done: @escaping Done) -> Int64 {
        let ticket = nextFinished + Int64(underWay.count - finished)
        if let exchange = entry.exchangeID {
            let previous = exchanges.updateValue(ticket, forKey: exchange)
            check(previous == nil, "an exchange is settled once")
        } else {
            check(!isSerialUnderWay, "one checked entry at a time")
            isSerialUnderWay = true
        }
        underWay.append(UnderWay(entry: entry, done: done))
        return ticket
    }

    /// The writer is done with this ticket. They come back in order.
    mutating func finish(_ ticket: Int64) -> Done {
        check(ticket == nextFinished, "results come in the order of submission")
        guard finished < underWay.count, let result = underWay[finished] else {
            preconditionFailure("a ticket that is under way")
        }
        nextFinished += 1
        underWay[finished] = nil
        finished += 1
        // Nearly always nothing is left; where it is, each entry is moved once.
        if finished * 2 >= underWay.count {
            underWay.removeFirst(finished)
            finished = 0
        }
        if let exchange = result.entry.exchangeID {
            exchanges.removeValue(forKey: exchange)
        } else {
            isSerialUnderWay = false
        }
        return result.done
    }

    /// - Parameter quiet: the balance whose charges have to be durable first.
    mutating func wait(_ make: @escaping Make, quiet: BalanceID?, _ done: @escaping Done) {
        waiting.append(Waiting(make: make, quiet: quiet, done: done))
    }

    /// The first that waits for nothing but its turn. One that waits for a busy balance holds no
    /// other one up.
    mutating func nextWaiting() -> (make: Make, done: Done)? {
        if isSerialUnderWay || waiting.isEmpty { return nil }
        let busy = Set(underWay[finished...].compactMap { $0?.entry.balanceID })
        for index in waiting.indices {
            if let quiet = waiting[index].quiet, busy.contains(quiet) { continue }
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
        guard let ticket = exchanges[exchange],
            let found = underWay[finished + Int(ticket - nextFinished)]
        else { return nil }
        return (ticket, found.entry)
    }
}
