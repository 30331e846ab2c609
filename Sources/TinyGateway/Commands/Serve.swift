import Billing
import CUV

/// `tinygateway serve`: opens the books, wires the parts together, and runs until it is told to stop.
final class ServeCommand {
    private let loop: EventLoop
    private let configuration: Configuration
    private let office: Office
    private let gateway: Gateway
    private let server: Server
    private let administration: Server
    private let alarms: Alarms
    private let began: Int64
    private let timer: Timer
    private var isStopping = false

    static func run(_ configuration: Configuration, _ path: String) -> Int32 {
        do throws(Refusal) {
            let command = try ServeCommand(configuration, path)
            cuv_forget_code_pages()
            command.loop.run()
            return CommandStatus.done.rawValue
        } catch let refusal {
            Log.line(refusal.sentence)
            return refusal.status.rawValue
        }
    }

    private init(_ configuration: Configuration, _ path: String) throws(Refusal) {
        if let refusal = configuration.notServedYet { throw refusal }
        let credential = try Self.credential(configuration, path)
        try Self.checkDescriptors(configuration.limits)
        self.configuration = configuration
        let loop = EventLoop()
        self.loop = loop
        began = loop.wallClock
        loop.budget.limit = configuration.limits.bufferBytesTotal
        office = try Office.open(configuration, loop: loop, mode: .serve)
        for line in office.books.report.lines { Log.line(line) }
        for line in office.remarks.split(separator: "\n") { Log.line(String(line)) }
        alarms = Alarms(clock: { loop.wallClock })
        let pool = UpstreamPool(
            loop: loop, origin: UpstreamOrigin(configuration.upstream.managed.url),
            limits: configuration.limits)
        gateway = Gateway(
            loop: loop, limits: configuration.limits, books: office.books,
            directory: office.directory, alarms: alarms,
            managed: ManagedUpstream(pool: pool, authorization: "Bearer " + credential),
            prices: PricesInForce(
                table: office.books.prices.table, digest: office.books.prices.digest),
            terms: configuration.billing.terms, publicURL: configuration.server.publicURL.text,
            makeExchangeID: Self.freshExchange)
        server = Server(
            loop: loop, limits: configuration.limits,
            unboundedAddresses: Set(configuration.server.behindProxy))
        administration = Server(loop: loop, limits: configuration.limits)
        timer = Timer(loop: loop)
        try listen(path)
        watch()
    }

    // MARK: Before anything is opened

    private static func credential(
        _ configuration: Configuration, _ path: String
    ) throws(Refusal) -> String {
        guard let reference = configuration.upstream.managed.credentials.first else {
            throw Refusal("\(path): upstream.managed.credentials is empty")
        }
        return try ManagedCredential.read(reference, configurationPath: path)
    }

    /// Each stream has a client and an upstream.
    private static func checkDescriptors(_ limits: Limits) throws(Refusal) {
        let needed = UInt64(2 * limits.connections)
        let available = cuv_raise_descriptor_limit(needed + Limits.descriptorsBeside)
        guard available >= needed else {
            throw Refusal(
                "limits.connections = \(limits.connections) needs \(needed) open files, and the "
                    + "system allows \(available); raise its limit (LimitNOFILE, ulimit -n) or "
                    + "lower limits.connections")
        }
    }

    private static func freshExchange() -> ExchangeID {
        guard let id = ExchangeID("x_" + Random.identifier()) else {
            preconditionFailure("an identifier of our own")
        }
        return id
    }

    // MARK: Listening

    private func listen(_ path: String) throws(Refusal) {
        let router = GatewayRouter(gateway: gateway)
        for address in configuration.server.listen {
            do throws(StreamError) {
                let port = try server.listen(on: address, router: router)
                Log.line("listening on \(address.with(port: port).text)")
            } catch {
                throw Refusal(
                    "\(path): server.listen: cannot listen on \(address.text): "
                        + "\(error.text)")
            }
        }
        let socket = configuration.data.path("admin.sock")
        // The lock is ours, so whoever made this file is gone.
        try? Files.remove(socket)
        do throws(StreamError) {
            try administration.listen(
                on: .unix(path: socket), router: AdminService(office, facts: facts))
        } catch {
            throw Refusal("cannot listen on \(socket): \(error.text)")
        }
    }

    // MARK: While it runs

    private func watch() {
        office.books.onConditionChange = { condition in
            switch condition {
            case .open: Log.line("the ledger takes entries again")
            case .diskFull(let code):
                self.alarms.raise("ledger not writable", FileError.describe(code))
            case .syncFailed(let code):
                self.alarms.raise("ledger sync failed", FileError.describe(code))
                Log.line("no billable request is served until a restart")
            }
        }
        office.books.onDamage = { damage in
            self.alarms.raise("ledger damaged", damage.text)
        }
        timer.start(after: .seconds(1), every: .seconds(1)) { self.tick() }
        for signal in [SIGTERM, SIGINT] {
            _ = SignalHandler(loop: loop, signal: signal) { self.stop() }
        }
    }

    private func tick() {
        guard !office.books.isClosed else { return }
        office.books.expireDue()
        if gateway.exchangeCount == 0 { office.books.idle() }
    }

    private func facts() -> [(String, String)] {
        var facts = [
            ("uptime", "\((loop.wallClock - began) / 1000) s"),
            ("streams", "\(gateway.exchangeCount)"),
            ("connections", "\(server.connectionCount)"),
            ("buffered_bytes", "\(loop.budget.held)"),
            ("upstream", configuration.upstream.managed.url.text),
        ]
        for row in alarms.rows {
            let last = Timestamp(millisecondsSince1970: row.last).text
            facts.append(("alarm", "\(row.kind): \(row.count) times, last \(last) \(row.detail)"))
        }
        return facts
    }

    // MARK: The end

    /// Accepts nothing more, lets running streams finish within `drain_seconds`, and makes the last entries
    /// durable. A second signal does not wait.
    private func stop() {
        guard !isStopping else {
            server.closeAll()
            return
        }
        isStopping = true
        Log.line("stopping; \(gateway.exchangeCount) streams are running")
        gateway.isDraining = true
        gateway.idle = { self.finishIfIdle() }
        timer.start(after: .seconds(configuration.limits.drainSeconds)) {
            Log.line("drain_seconds have passed; closing what still runs")
            self.server.closeAll()
            self.gateway.abandonAll()
        }
        server.drain { self.finishIfIdle() }
    }

    private func finishIfIdle() {
        guard server.connectionCount == 0, gateway.exchangeCount == 0, !office.books.isClosed
        else { return }
        timer.close()
        gateway.managed.pool.closeIdle()
        office.books.close {
            try? Files.remove(self.configuration.data.path("admin.sock"))
            Log.line("stopped")
            self.loop.stop()
        }
    }
}
