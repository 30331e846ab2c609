import Billing

/// What opening the books had to do besides reading, for the operator's eyes.
struct OpenReport: Equatable {
    /// Bytes cut from the end and where they are kept.
    struct TornTail: Equatable {
        let offset: Int64
        let byteCount: Int64
        let savedAs: String
    }

    /// A charge that stands although its client may never have got the end of the response: the
    /// process ended between the two.
    struct Unsettled: Equatable {
        let seq: Int64
        let exchange: ExchangeID
        let balance: BalanceID
    }

    var isNew = false
    var torn: TornTail?
    var crashVoids: [ExchangeID] = []
    var unsettled: [Unsettled] = []
    /// Why the checkpoint was not used.
    var checkpointIgnored: String?

    /// One line for each thing that an operator should know.
    var lines: [String] {
        var lines: [String] = []
        if isNew { lines.append("ledger created") }
        if let torn {
            lines.append(
                "ledger: torn end cut at byte \(torn.offset), \(torn.byteCount) bytes kept in"
                    + " \(torn.savedAs)")
        }
        if let checkpointIgnored {
            lines.append("ledger: checkpoint ignored, \(checkpointIgnored); read from the start")
        }
        for exchange in crashVoids {
            lines.append("ledger: \(exchange.text) was open at the crash, now void")
        }
        for charge in unsettled {
            lines.append(
                "ledger: seq \(charge.seq) (\(charge.exchange.text)) charged"
                    + " \(charge.balance.text),"
                    + " but the client may not have the end; `tinygateway refund \(charge.seq)`"
                    + " gives it back")
        }
        return lines
    }
}
