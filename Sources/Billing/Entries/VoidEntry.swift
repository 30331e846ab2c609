/// A response that is not charged, and why. Its hold is released.
public struct VoidEntry: Hashable, Sendable {
    public var balance: BalanceID
    public var id: ExchangeID
    /// When the request was admitted.
    public var began: Timestamp
    /// The upstream's id of the response; empty when none was seen.
    public var response: String
    /// `nil` when neither request nor response was read that far; an empty text in the line.
    public var model: ModelName?
    public var reason: Reason

    public init(
        balance: BalanceID, id: ExchangeID, began: Timestamp, response: String, model: ModelName?,
        reason: Reason
    ) {
        self.balance = balance
        self.id = id
        self.began = began
        self.response = Fact.bounded(response)
        self.model = model
        self.reason = reason
    }
}

extension VoidEntry {
    func write(to line: inout LineWriter) {
        line.text("balance", balance.text)
        line.exchange("id", id)
        line.timestamp("began", began)
        line.text("response", response)
        line.text("model", model?.text ?? "")
        line.text("reason", reason.text)
    }

    init(_ reader: inout LineReader, _ line: Span<UInt8>) throws(LedgerFormatError) {
        self.balance = try reader.balance("balance", line)
        self.id = try reader.exchange("id", line)
        self.began = try reader.timestamp("began", line)
        self.response = try reader.text("response", line)
        self.model = try reader.modelOrNone("model", line)
        self.reason = try reader.identifier("reason", line)
    }
}
