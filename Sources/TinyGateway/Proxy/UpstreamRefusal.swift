import Billing

/// What an upstream says when it does not answer: a refusal document with its status, or an event
/// before any output, and what follows from it (`DESIGN` section 5).
struct UpstreamRefusal {
    let status: Int
    /// What it says of itself; nil when it is no refusal that can be read.
    private let stated: HandshakeRefusal?

    /// A refusal document.
    init(status: Int, content: [UInt8]) {
        self.status = status
        stated = HandshakeRefusal(document: content)
    }

    /// A refusal inside an event stream.
    init(status: Int, event: HandshakeRefusal) {
        self.status = status
        stated = event
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
        return known.first { $0.text == code }
    }

    /// Another account had encrypted what stands in the input.
    var isEncryptedContent: Bool {
        (status == 400 || status == 200) && code == "invalid_encrypted_content"
    }

    /// It speaks of one credential: another may be better off.
    var concernsCredential: Bool {
        status == 401 || Self.quotaNames.contains { $0.text == code }
    }

    /// What it is known by: a name that something follows from, where there is one.
    var code: String? { stated?.code }

    /// Seconds until the quota is back, as stated.
    func seconds(at now: Int64) -> Int64? {
        stated?.resetsIn ?? stated?.resetsAt.map { $0 - now }
    }

    /// Seconds since 1970 when the quota is back, as stated.
    func resetsAt(_ now: Int64) -> Int64? {
        stated?.resetsAt ?? stated?.resetsIn.map { now + $0 }
    }
}
