/// Every refusal of the ledger, in the order in which it is checked: who breaks two rules always
/// hears of the same one. In a replay each of them means that the file is damaged.
public enum LedgerError: UInt8, Error, Hashable, Sendable {
    // The line's place. Only `apply` checks these.
    case sequenceBroken
    case timeWentBack
    case positionBroken
    // The ledger itself.
    case notOpened
    case alreadyOpened
    case unknownFormat
    case tableAlreadyKnown
    case textTooLong
    // The balance.
    case balanceExists
    case unknownBalance
    case wrongService
    // Keys and exchanges.
    case keyHasOtherContent
    case alreadyApplied
    case exchangeHeld
    case unknownExchange
    case exchangeOfOtherBalance
    // What the entry says.
    case unknownTable
    case oddUsage
    case invalidAmount
    case expiryInPast
    case nothingToExtend
    case unknownLot
    case lotNotDue
    case lotHeld
    case lotDiffers
    case notRefundable
    case alreadyRefunded
    case nothingToRefund
    // Admission.
    case expired
    case usedUp
    case overdraftReached

    /// A sentence for the operator.
    public var text: String {
        switch self {
        case .sequenceBroken: return "the entry's seq does not follow the previous one"
        case .timeWentBack: return "the entry is dated before the previous one"
        case .positionBroken: return "n and prev do not follow the balance's previous line"
        case .notOpened: return "the first line of a ledger has to be of type ledger"
        case .alreadyOpened: return "a ledger has only one line of type ledger"
        case .unknownFormat: return "the ledger was written in a format of another version"
        case .tableAlreadyKnown: return "this price table already stands in the ledger"
        case .textTooLong: return "a label has at most 256 bytes, a note 4096"
        case .balanceExists: return "a balance of this id exists already"
        case .unknownBalance: return "there is no such balance; `balance list` shows all"
        case .wrongService: return "passes are for link; money is for pay and boost"
        case .keyHasOtherContent: return "this payment or id was booked before with other content"
        case .alreadyApplied: return "this payment or id stands in the ledger already"
        case .exchangeHeld: return "this exchange has a hold already"
        case .unknownExchange: return "this exchange has no hold"
        case .exchangeOfOtherBalance: return "this exchange's hold is on another balance"
        case .unknownTable: return "the charge names a price table that the ledger does not have"
        case .oddUsage: return "odd usage is never charged"
        case .invalidAmount: return "the amount has to be positive and a multiple of 0.0001 USD"
        case .expiryInPast: return "the expiry has to be later than the entry"
        case .nothingToExtend: return "there was no top-up or pass yet whose expiry could be set"
        case .unknownLot: return "the balance has no such lot"
        case .lotNotDue: return "the lot has not expired yet"
        case .lotHeld: return "a request admitted before the lot's expiry is still under way"
        case .lotDiffers: return "the lot holds another sum"
        case .notRefundable: return "only a charge, top-up or grant of this balance can be refunded"
        case .alreadyRefunded: return "this entry was refunded before"
        case .nothingToRefund: return "nothing of this entry is left to refund"
        case .expired: return "the balance has expired; a new top-up opens it again"
        case .usedUp: return "the balance is used up; top it up"
        case .overdraftReached: return "the balance does not cover this request; top it up"
        }
    }
}
