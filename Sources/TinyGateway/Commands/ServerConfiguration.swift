/// `[server]`: where customers reach the gateway.
struct ServerConfiguration {
    var listen = [ListenAddress.tcp(host: "127.0.0.1", port: 8080)]
    /// What customers' `base_url` begins with.
    var publicURL = URL.known("http://127.0.0.1:8080")
    /// Addresses whose `x-forwarded-*` may be believed.
    var behindProxy: [String] = []
    var tls = TLS()

    /// `[server.tls]`: addresses that speak TLS, with certificate and key as PEM files.
    struct TLS {
        var listen: [ListenAddress] = []
        var certificate = ""
        var key = ""
    }

    static let keys = [
        ConfigurationKey(
            "listen", "[\"127.0.0.1:8080\"]", "any number of HOST:PORT, [IPv6]:PORT"),
        ConfigurationKey(
            "public_url", "\"http://127.0.0.1:8080\"", "what customers' base_url begins with"),
        ConfigurationKey(
            "behind_proxy", "[]", "addresses whose x-forwarded-* may be believed"),
    ]

    static let tlsKeys = [
        ConfigurationKey("listen", "[]", "as above, with TLS; needs the two files below"),
        ConfigurationKey("certificate", "\"\"", "PEM file, the whole chain"),
        ConfigurationKey("key", "\"\"", "PEM file, readable by the gateway alone"),
    ]

    init() {}

    init(_ table: TOMLTable) throws(ConfigurationError) {
        let section = try ConfigurationSection(
            table, name: "server", keys: Self.keys, tables: ["tls"])
        tls = try Self.tls(section.table("tls"))
        if section.value("listen") != nil { listen = try Self.addresses("listen", section) }
        guard !listen.isEmpty || !tls.listen.isEmpty else {
            throw section.badValue(
                "listen", "nothing to listen on; write at least one address, \"127.0.0.1:8080\"")
        }
        publicURL = try section.url("public_url", publicURL)
        for proxy in try section.strings("behind_proxy") ?? [] {
            guard IPAddress.isAddress(proxy.text) else {
                throw section.badValue(
                    "behind_proxy", line: proxy.line,
                    "\"\(proxy.text)\" is not an IP address, for example \"127.0.0.1\" or \"::1\"")
            }
            behindProxy.append(proxy.text)
        }
    }

    private static func tls(_ table: TOMLTable) throws(ConfigurationError) -> TLS {
        let section = try ConfigurationSection(table, name: "server.tls", keys: tlsKeys)
        var tls = TLS()
        tls.listen = try addresses("listen", section)
        tls.certificate = try section.string("certificate", "")
        tls.key = try section.string("key", "")
        guard tls.listen.isEmpty || !tls.certificate.isEmpty else {
            throw section.badValue("certificate", "server.tls.listen needs a certificate file")
        }
        guard tls.listen.isEmpty || !tls.key.isEmpty else {
            throw section.badValue("key", "server.tls.listen needs a key file")
        }
        return tls
    }

    private static func addresses(
        _ key: String, _ section: ConfigurationSection
    ) throws(ConfigurationError) -> [ListenAddress] {
        var addresses: [ListenAddress] = []
        for text in try section.strings(key) ?? [] {
            guard let address = ListenAddress(text.text) else {
                throw section.badValue(
                    key, line: text.line,
                    "\"\(text.text)\" is not IPv4:PORT or [IPv6]:PORT; for all addresses write "
                        + "\"0.0.0.0:8080\" and \"[::]:8080\"")
            }
            guard !addresses.contains(address) else {
                throw section.badValue(key, line: text.line, "\"\(text.text)\" stands here twice")
            }
            addresses.append(address)
        }
        return addresses
    }
}
