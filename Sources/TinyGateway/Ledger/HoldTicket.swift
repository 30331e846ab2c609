import Billing

/// The right of one exchange to be charged: money held back in the books and a slot in `inflight`.
struct HoldTicket: Equatable {
    let balance: BalanceID
    let exchange: ExchangeID
    /// When it was admitted: the moment whose prices count, `began` of its entry.
    let began: Timestamp
    let slot: Int
}
