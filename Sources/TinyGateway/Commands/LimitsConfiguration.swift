/// `[limits]`: the bounds that the operator may move.
extension Limits {
    static let keys = [
        ConfigurationKey("head_bytes", "32768", "of a request: its line, fields, the blank line"),
        ConfigurationKey("head_fields", "100", ""),
        ConfigurationKey("head_seconds", "10", "from a head's first byte to its end"),
        ConfigurationKey("body_bytes", "33554432", ""),
        ConfigurationKey(
            "body_seconds", "10", "a body slower than 1 KB/s over this window is refused"),
        ConfigurationKey("keep_alive_seconds", "60", "between two requests of a connection"),
        ConfigurationKey("connections", "10000", ""),
        ConfigurationKey("connections_per_address", "256", ""),
        ConfigurationKey("streams_per_balance", "16", ""),
        ConfigurationKey("requests_per_minute", "600", "of one balance"),
        ConfigurationKey("upstream_connect_seconds", "5", ""),
        ConfigurationKey("upstream_first_byte_seconds", "120", "of an event stream"),
        ConfigurationKey("upstream_answer_seconds", "900", "of other answers"),
        ConfigurationKey("upstream_idle_seconds", "290", "below Codex's own 300"),
        ConfigurationKey("client_write_seconds", "60", "for a client to take what waits for it"),
        ConfigurationKey("abandoned_seconds", "900", "read on after the client has left"),
        ConfigurationKey("settle_seconds", "20", "a client waits so long for a failing disk"),
        ConfigurationKey("drain_seconds", "300", "for running streams after SIGTERM"),
        ConfigurationKey("replay_body_bytes", "8388608", "above it a request cannot move"),
        ConfigurationKey("buffer_bytes_total", "67108864", "of everything held in memory"),
    ]

    init(_ table: TOMLTable) throws(ConfigurationError) {
        self.init()
        let section = try ConfigurationSection(table, name: "limits", keys: Self.keys)
        try readClients(section)
        try readUpstream(section)
        if let fault = relations() { throw section.badValue(fault.key, fault.explanation) }
    }

    private mutating func readClients(
        _ section: ConfigurationSection
    ) throws(ConfigurationError) {
        headBytes = try section.integer("head_bytes", headBytes, in: 1024...1_048_576)
        headFields = try section.integer("head_fields", headFields, in: 16...1000)
        headSeconds = try section.integer("head_seconds", headSeconds, in: 1...300)
        bodyBytes = try section.integer("body_bytes", bodyBytes, in: 65_536...1_073_741_824)
        bodySeconds = try section.integer("body_seconds", bodySeconds, in: 1...300)
        keepAliveSeconds = try section.integer("keep_alive_seconds", keepAliveSeconds, in: 1...3600)
        connections = try section.integer("connections", connections, in: 1...1_000_000)
        connectionsPerAddress = try section.integer(
            "connections_per_address", connectionsPerAddress, in: 1...1_000_000)
        streamsPerBalance = try section.integer(
            "streams_per_balance", streamsPerBalance, in: 1...100_000)
        requestsPerMinute = try section.integer(
            "requests_per_minute", requestsPerMinute, in: 1...1_000_000)
        clientWriteSeconds = try section.integer(
            "client_write_seconds", clientWriteSeconds, in: 1...3600)
    }

    private mutating func readUpstream(
        _ section: ConfigurationSection
    ) throws(ConfigurationError) {
        upstreamConnectSeconds = try section.integer(
            "upstream_connect_seconds", upstreamConnectSeconds, in: 1...120)
        upstreamFirstByteSeconds = try section.integer(
            "upstream_first_byte_seconds", upstreamFirstByteSeconds, in: 1...3600)
        upstreamAnswerSeconds = try section.integer(
            "upstream_answer_seconds", upstreamAnswerSeconds, in: 1...86_400)
        upstreamIdleSeconds = try section.integer(
            "upstream_idle_seconds", upstreamIdleSeconds, in: 1...3600)
        abandonedSeconds = try section.integer(
            "abandoned_seconds", abandonedSeconds, in: 0...86_400)
        settleSeconds = try section.integer("settle_seconds", settleSeconds, in: 1...3600)
        drainSeconds = try section.integer("drain_seconds", drainSeconds, in: 0...86_400)
        replayBodyBytes = try section.integer(
            "replay_body_bytes", replayBodyBytes, in: 0...1_073_741_824)
        bufferBytesTotal = try section.integer(
            "buffer_bytes_total", bufferBytesTotal, in: 1_048_576...68_719_476_736)
    }
}
