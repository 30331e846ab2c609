import Billing
import CUV

/// `tinygateway serve`: opens the books, wires the parts together, and runs until it is told to
/// stop.
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
    private let buffers: TLSBuffers
    private let tls: TLSAcceptor?
    private var secondsToCertificateCheck = Limits.certificateCheckSeconds
    private var firstSecondsLeft = Limits.firstSeconds
    private var isStopping = false
    private var isFinishing = false

    static func run(_ configuration: Configuration, _ path: String) -> Int32 {
        cuv_forbid_dumps()
        cuv_share_heap()
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
        let managed = try ManagedCredential.readAll(
            configuration.upstream.managed.credentials, configurationPath: path)
        try Self.checkDescriptors(configuration.limits)
        self.configuration = configuration
        let loop = EventLoop()
        self.loop = loop
        began = loop.wallClock
        loop.budget.limit = configuration.limits.bufferBytesTotal
        buffers = TLSBuffers(loop: loop)
        tls = try Self.acceptor(configuration.server.tls, path, buffers)
        office = try Office.open(configuration, loop: loop, mode: .serve)
        for line in office.books.report.lines { Log.line(line) }
        for line in office.remarks.split(separator: "\n") { Log.line(String(line)) }
        alarms = Alarms(clock: { loop.wallClock })
        let upstreams = try Upstreams(
            configuration, managed: managed, loop: loop, buffers: buffers, alarms: alarms)
        gateway = Gateway(
            loop: loop, limits: configuration.limits, books: office.books,
            directory: office.directory, alarms: alarms,
            managed: upstreams.credentials(managed, office),
            own: upstreams.pool(configuration.upstream.own.url),
            prices: PricesInForce(
                table: office.books.prices.table, digest: office.books.prices.digest),
            terms: configuration.billing.terms, publicURL: configuration.server.publicURL.text,
            makeExchangeID: Self.exchangeIDs())
        server = Server(
            loop: loop, limits: configuration.limits,
            unboundedAddresses: Set(configuration.server.behindProxy))
        administration = Server(loop: loop, limits: configuration.limits)
        timer = Timer(loop: loop)
        if configuration.keepalive.dailyLimit > 0 {
            gateway.keepalive = Keepalive(
                gateway, seal: office.seal, terms: configuration.keepalive.terms,
                random: Random.word)
            office.keepalive = gateway.keepalive
        }
        // First, so that a stop finds its handler however early it comes.
        watch()
        try listen(path)
    }

    // MARK: Before anything is opened

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

    private static func exchangeIDs() -> () -> ExchangeID {
        var random = RandomBlock()
        return {
            var text = Array("x_".utf8)
            text.reserveCapacity(ExchangeID.bytesMax)
            random.appendIdentifier(to: &text)
            guard let id = ExchangeID(text.span) else {
                preconditionFailure("an identifier of our own")
            }
            return id
        }
    }

    // MARK: TLS

    private static func acceptor(
        _ configuration: ServerConfiguration.TLS, _ path: String, _ buffers: TLSBuffers
    ) throws(Refusal) -> TLSAcceptor? {
        guard !configuration.listen.isEmpty else { return nil }
        do throws(TLSSetupError) {
            return try TLSAcceptor(
                certificatePath: configuration.certificate, keyPath: configuration.key,
                buffers: buffers)
        } catch {
            throw Refusal("\(path): server.tls: \(error.text)")
        }
    }

    /// New connections get the new certificate; a pair that cannot be used changes nothing.
    private func reloadCertificate() {
        guard let tls else { return }
        do throws(TLSSetupError) {
            try tls.reload()
            Log.line("server.tls: the certificate was read again")
        } catch {
            alarms.raise("certificate not reloaded", "\(error.text); the old one stays in use")
        }
    }

    // MARK: Listening

    private func listen(_ path: String) throws(Refusal) {
        let router = GatewayRouter(gateway: gateway)
        try listen(configuration.server.listen, "\(path): server.listen", router, tls: nil)
        try listen(configuration.server.tls.listen, "\(path): server.tls.listen", router, tls: tls)
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

    private func listen(
        _ addresses: [ListenAddress], _ key: String, _ router: GatewayRouter, tls: TLSAcceptor?
    ) throws(Refusal) {
        for address in addresses {
            do throws(StreamError) {
                let port = try server.listen(on: address, router: router, tls: tls)
                Log.line(
                    "listening on \(address.with(port: port).text)\(tls == nil ? "" : " with TLS")")
            } catch {
                throw Refusal("\(key): cannot listen on \(address.text): \(error.text)")
            }
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
        gateway.managed.tick()
        timer.start(after: .seconds(1), every: .seconds(1)) { self.tick() }
        for signal in [SIGTERM, SIGINT] {
            _ = SignalHandler(loop: loop, signal: signal) { self.stop() }
        }
        _ = SignalHandler(loop: loop, signal: SIGHUP) { self.reloadCertificate() }
    }

    private func tick() {
        guard !office.books.isClosed else { return }
        office.books.expireDue()
        gateway.managed.tick()
        gateway.keepalive?.tick()
        let hasVerified = gateway.exchangeCount == 0 && office.books.idle()
        firstSecondsLeft -= 1
        // Nobody is served by what only the start, or this second's look at old lines, needed.
        if firstSecondsLeft == 0 || hasVerified { cuv_forget_code_pages() }
        secondsToCertificateCheck -= 1
        guard secondsToCertificateCheck <= 0 else { return }
        secondsToCertificateCheck = Limits.certificateCheckSeconds
        if tls?.hasChanged == true { reloadCertificate() }
    }

    private func facts() -> [(String, String)] {
        var facts = [
            ("uptime", "\((loop.wallClock - began) / 1000) s"),
            ("streams", "\(gateway.exchangeCount)"),
            ("connections", "\(server.connectionCount)"),
            ("buffered_bytes", "\(loop.budget.held)"),
        ]
        facts += gateway.managed.facts
        for row in alarms.rows {
            let last = Timestamp(millisecondsSince1970: row.last).text
            facts.append(("alarm", "\(row.kind): \(row.count) times, last \(last) \(row.detail)"))
        }
        return facts
    }

    // MARK: The end

    /// Accepts nothing more, lets running streams finish within `drain_seconds`, and makes the last
    /// entries durable. A second signal does not wait.
    private func stop() {
        guard !isStopping else {
            server.closeAll()
            gateway.abandonAll()
            return
        }
        isStopping = true
        Log.line("stopping; \(gateway.exchangeCount) streams are running")
        gateway.isDraining = true
        gateway.keepalive?.cancel()
        gateway.idle = { self.finishIfIdle() }
        timer.start(after: .seconds(configuration.limits.drainSeconds)) {
            Log.line("drain_seconds have passed; closing what still runs")
            self.server.closeAll()
            self.gateway.abandonAll()
        }
        server.drain { self.finishIfIdle() }
    }

    private func finishIfIdle() {
        guard server.connectionCount == 0, gateway.exchangeCount == 0, !isFinishing else { return }
        isFinishing = true
        timer.close()
        gateway.managed.finish { self.finish() }
    }

    private func finish() {
        gateway.managed.closeIdle()
        gateway.own.closeIdle()
        // While the lock is still ours: the next gateway makes a socket of its own.
        try? Files.remove(configuration.data.path("admin.sock"))
        office.books.close {
            Log.line("stopped")
            self.loop.stop()
        }
    }
}
