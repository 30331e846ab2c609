import Billing

/// What all exchanges share.
final class Gateway {
    let loop: EventLoop
    let limits: Limits
    let books: Books
    let directory: Directory
    let alarms: Alarms
    /// The operator's upstreams and what opens them.
    let managed: Credentials
    /// Where customers' own logins are forwarded to.
    let own: UpstreamPool
    let prices: PricesInForce
    let terms: BillingTerms
    /// What customers' `base_url` begins with; named in sentences about topping up.
    let publicURL: String
    let traffic: Traffic
    var keepalive: Keepalive?
    /// What Boost remembers from one request to the next.
    var boost = BoostMemory()
    /// Begins the fingerprints of this process.
    let fingerprintSeed: String
    /// A fresh, random id for each request: nothing that a client sends is unique.
    let makeExchangeID: () -> ExchangeID
    let eventReaders = EventReaderShelf()
    private var exchanges: [Exchange] = []
    /// After SIGTERM: what runs may finish, nothing new begins.
    var isDraining = false
    var idle: (() -> Void)?

    init(
        loop: EventLoop, limits: Limits, books: Books, directory: Directory, alarms: Alarms,
        managed: Credentials, own: UpstreamPool, prices: PricesInForce, terms: BillingTerms,
        publicURL: String,
        makeExchangeID: @escaping () -> ExchangeID
    ) {
        self.loop = loop
        self.limits = limits
        self.books = books
        self.directory = directory
        self.alarms = alarms
        self.managed = managed
        self.own = own
        self.prices = prices
        self.terms = terms
        self.publicURL = publicURL
        self.makeExchangeID = makeExchangeID
        traffic = Traffic(limits: limits)
        fingerprintSeed = makeExchangeID().text
    }

    var now: Timestamp {
        Timestamp(millisecondsSince1970: loop.wallClock)
    }

    /// Exchanges under way.
    var exchangeCount: Int { exchanges.count }

    func began(_ exchange: Exchange) {
        exchange.place = Int32(exchanges.count)
        exchanges.append(exchange)
    }

    /// The last exchange of the list takes the place of the one that ended.
    func ended(_ exchange: Exchange) {
        let last = exchanges.removeLast()
        if last !== exchange {
            exchanges[Int(exchange.place)] = last
            last.place = exchange.place
        }
        if isDraining && exchanges.isEmpty { idle?() }
    }

    /// Ends what still runs when the time to drain is over.
    func abandonAll() {
        for exchange in exchanges { exchange.abandon() }
    }
}

/// A price table and the digest by which charges name it.
struct PricesInForce: Sendable {
    let table: PriceTable
    let digest: TableDigest
}
