/// Makes the pools of the configured upstreams, one for each URL, which share whom they trust.
final class Upstreams {
    private let loop: EventLoop
    private let limits: Limits
    private let alarms: Alarms
    private let tls: TLSClientContext
    private var pools: [UpstreamPool] = []

    /// - Throws: when what is configured of TLS cannot be used. The system's own bundle is first
    ///   read when somebody needs it, unless a managed upstream does for certain.
    init(
        _ configuration: Configuration, managed: [ManagedCredential], loop: EventLoop,
        buffers: TLSBuffers, alarms: Alarms
    ) throws(Refusal) {
        self.loop = loop
        self.alarms = alarms
        limits = configuration.limits
        let upstream = configuration.upstream
        tls = TLSClientContext(caFile: upstream.caFile, buffers: buffers)
        guard !upstream.caFile.isEmpty || Self.needsTLS(managed, upstream.managed) else { return }
        do throws(TLSSetupError) {
            _ = try tls.context()
        } catch {
            throw Refusal("upstream.ca_file: \(error.text)")
        }
    }

    private static func needsTLS(
        _ managed: [ManagedCredential], _ urls: UpstreamConfiguration.Managed
    ) -> Bool {
        for each in managed {
            if each.login != nil {
                if urls.authURL.scheme == .https || urls.tokenURL.scheme == .https { return true }
            } else if urls.url.scheme == .https {
                return true
            }
        }
        return false
    }

    func pool(_ url: URL) -> UpstreamPool {
        let origin = UpstreamOrigin(url)
        for known in pools where known.origin == origin { return known }
        let pool = UpstreamPool(loop: loop, origin: origin, limits: limits, tls: tls)
        let alarms = alarms
        pool.onTLSFault = { alarms.raise("upstream not trusted", $0) }
        pools.append(pool)
        return pool
    }
}

// The operator's side.
extension Upstreams {
    func credentials(_ managed: [ManagedCredential], _ office: Office) -> Credentials {
        let urls = office.configuration.upstream.managed
        let services = services(urls.tokenURL, office)
        var all: [Credential] = []
        for each in managed {
            if let (file, document) = each.login, let tokens = document.tokens {
                let login = ManagedLogin(
                    name: each.name, file: file, document: document, tokens: tokens,
                    services: services)
                all.append(
                    Credential(name: each.name, pool: pool(urls.authURL), login: login))
            } else {
                all.append(Credential(name: each.name, pool: pool(urls.url), key: each.key))
            }
        }
        return Credentials(all, alarms: alarms, clock: office.clock)
    }

    private func services(_ tokenURL: URL, _ office: Office) -> LoginServices {
        let pool = pool(tokenURL)
        let alarms = alarms
        let books = office.books
        return LoginServices(
            clock: office.clock,
            post: { content, done in TokenEndpoint.post(content, to: pool, done) },
            replace: { path, bytes, done in books.replaceFile(path, bytes, mode: nil, done: done) },
            alarm: { alarms.raise($0, $1) })
    }
}
