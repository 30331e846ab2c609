import Billing

/// What a token opens.
struct Access: Equatable {
    let balance: BalanceID
    let account: AccountID
    let service: Service
}
