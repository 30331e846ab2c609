import Billing

/// The exchanges that were open when the last process ended, until the ledger is found to have
/// settled them.
struct CrashedExchanges {
    private var open: [ExchangeID: InflightSlot] = [:]
    /// In the order of the slots, so that the same crash always makes the same lines.
    private var order: [ExchangeID] = []
    /// Charged, but the slot was still open: the client may not have the end.
    private(set) var unsettled: [OpenReport.Unsettled] = []

    init(_ slots: [InflightSlot]) {
        for slot in slots where open.updateValue(slot, forKey: slot.exchange) == nil {
            order.append(slot.exchange)
        }
    }

    /// Their entries, if any, stand at or behind this offset. `nil` when none is open.
    var earliestOffset: Int64? {
        open.values.map { $0.ledgerOffset }.min()
    }

    mutating func see(_ line: LedgerLine) {
        guard !open.isEmpty, let exchange = line.entry.exchangeID,
            open.removeValue(forKey: exchange) != nil
        else { return }
        if case .charge(let charge) = line.entry {
            unsettled.append(
                OpenReport.Unsettled(seq: line.seq, exchange: exchange, balance: charge.balance))
        }
    }

    /// A `void` for each that is left.
    var voids: [VoidEntry] {
        order.compactMap { open[$0] }.map { slot in
            VoidEntry(
                balance: slot.balance, id: slot.exchange, began: slot.began, response: "",
                model: nil, reason: .crash)
        }
    }
}
