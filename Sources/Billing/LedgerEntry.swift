/// What can happen to money, and the few other facts of the ledger. One case for each type of line.
/// Indirect: an entry is handed from queue to queue some ten times, and a charge is 400 bytes with
/// ten texts in it.
public indirect enum LedgerEntry: Hashable, Sendable {
    case ledger(FormatEntry)
    case prices(PricesEntry)
    case balance(BalanceEntry)
    case topup(TopupEntry)
    case grant(GrantEntry)
    case extend(ExtendEntry)
    case pass(PassEntry)
    case charge(ChargeEntry)
    case void(VoidEntry)
    case expire(ExpireEntry)
    case refund(RefundEntry)
    case note(NoteEntry)

    /// The balance whose line it is; such a line carries `n`, `prev` and `link`.
    public var balanceID: BalanceID? {
        switch self {
        case .ledger, .prices, .note: return nil
        case .balance(let entry): return entry.balance
        case .topup(let entry): return entry.balance
        case .grant(let entry): return entry.balance
        case .extend(let entry): return entry.balance
        case .pass(let entry): return entry.balance
        case .charge(let entry): return entry.balance
        case .void(let entry): return entry.balance
        case .expire(let entry): return entry.balance
        case .refund(let entry): return entry.balance
        }
    }

    /// The exchange that it settles.
    public var exchangeID: ExchangeID? {
        switch self {
        case .charge(let entry): return entry.id
        case .void(let entry): return entry.id
        case .ledger, .prices, .balance, .topup, .grant, .extend, .pass, .expire, .refund, .note:
            return nil
        }
    }

    /// As in the line's `type`.
    public var typeText: String {
        switch self {
        case .ledger: return "ledger"
        case .prices: return "prices"
        case .balance: return "balance"
        case .topup: return "topup"
        case .grant: return "grant"
        case .extend: return "extend"
        case .pass: return "pass"
        case .charge: return "charge"
        case .void: return "void"
        case .expire: return "expire"
        case .refund: return "refund"
        case .note: return "note"
        }
    }
}
