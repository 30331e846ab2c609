/// A request until its answer has begun: as long as it may have to be read, refused, or sent again.
/// An exchange lets go of it then, because its answer may take an hour and needs none of it.
final class RequestUnderWay {
    let head: RequestHead
    var meter: RequestMeter
    /// What the body says, once it is whole.
    var facts: RequestFacts?
    /// Of a request that may move.
    let login: OwnLogin?
    /// The body, as long as it may have to be sent again.
    var kept: KeptBody
    /// The body's last byte so far, withheld until the whole request is known to be paid for.
    var heldByte: UInt8?
    /// The loop's batch holds the body's last piece, for the write that ends the request.
    var isEndGathered = false
    var isHoldRaised = false
    /// The body is read to its end before an upstream is chosen.
    var isCollecting = false
    /// Reasoning that another account had encrypted was taken out of the body.
    var isFiltered = false
    /// To connect.
    var attempt: UpstreamAttempt?
    /// Of the operator's: what the request goes out with.
    var credential: Credential?
    /// The operator's credentials that have refused this request.
    var tried: [Credential] = []
    /// What the client is told with the own upstream's refusal when money kept it from moving.
    var promo: String?
    /// An answer of which the client knows nothing yet.
    var held: HeldAnswer?

    init(_ head: RequestHead, meter: RequestMeter, login: OwnLogin?, kept: KeptBody) {
        self.head = head
        self.meter = meter
        self.login = login
        self.kept = kept
    }
}
