import Billing

/// What an upstream says when it does not answer: a refusal document with its status, or an event
/// before any output, and what follows from it (`DESIGN` section 5).
struct UpstreamRefusal {
    let status: Int
    /// `error.type` and `error.code`, as far as they were given.
    private let names: [String]
    private let statedReset: Int64?
    private let statedWait: Int64?

    /// A refusal document.
    init(status: Int, content: [UInt8]) {
        self.status = status
        let stated = HandshakeRefusal(document: content)
        names = [stated?.type ?? "", stated?.code ?? ""]
        statedReset = stated?.resetsAt
        statedWait = stated?.resetsIn
    }

    /// A refusal inside an event stream.
    init(status: Int, event: HandshakeRefusal) {
        self.status = status
        names = [event.type, event.code]
        statedReset = event.resetsAt
        statedWait = event.resetsIn
    }

    private static let quotaNames: [Reason] = [
        .usageLimitReached, .usageNotIncluded, .insufficientQuota, .quotaExceeded,
    ]

    /// The quota is used up: why Boost moves. A status other than 429 says nothing of a quota, and
    /// of the names only the first two do outside of a stream: an empty purse of API credit is not
    /// a used up plan.
    var quota: Reason? {
        guard status == 429 || status == 200 else { return nil }
        let known = status == 429 ? Self.quotaNames.prefix(2) : Self.quotaNames[...]
        return known.first { names.contains($0.text) }
    }

    /// Another account had encrypted what stands in the input.
    var isEncryptedContent: Bool {
        (status == 400 || status == 200) && names.contains("invalid_encrypted_content")
    }

    /// It speaks of one credential: another may be better off.
    var concernsCredential: Bool {
        status == 401 || Self.quotaNames.contains { names.contains($0.text) }
    }

    /// What it is known by: the name of a quota where there is one.
    var code: String? {
        for name in Self.quotaNames where names.contains(name.text) { return name.text }
        return names.last { !$0.isEmpty }
    }

    /// Seconds until the quota is back, as stated.
    func seconds(at now: Int64) -> Int64? {
        statedWait ?? statedReset.map { $0 - now }
    }

    /// Seconds since 1970 when the quota is back, as stated.
    func resetsAt(_ now: Int64) -> Int64? {
        statedReset ?? statedWait.map { now + $0 }
    }
}
