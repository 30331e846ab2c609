/// Every bound of the process. The first part is configuration (`[limits]`) with these defaults;
/// the static part is fixed. `relations` states what must hold between them.
struct Limits: Sendable {
    /// Bytes of a request head, its request line and the blank line included.
    var headBytes = 32_768
    /// Field lines of a head, and of a trailer section.
    var headFields = 100
    /// Seconds from the first byte of a head to its end.
    var headSeconds = 10
    /// Bytes of a request's content.
    var bodyBytes = 33_554_432
    /// Window over which a body must bring at least 1 KB/s.
    var bodySeconds = 10
    /// Seconds that a client connection may idle between two requests.
    var keepAliveSeconds = 60
    var connections = 10_000
    var connectionsPerAddress = 256
    var streamsPerBalance = 16
    var requestsPerMinute = 600
    var upstreamConnectSeconds = 5
    /// Seconds from the body's last byte to the first byte of an event stream.
    var upstreamFirstByteSeconds = 120
    /// The same for answers that are not event streams.
    var upstreamAnswerSeconds = 900
    /// Seconds without a byte inside an answer. Below Codex's own 300 s.
    var upstreamIdleSeconds = 290
    /// Seconds that a client may take to accept what waits for it.
    var clientWriteSeconds = 60
    /// Seconds that an upstream is read on after its client has left.
    var abandonedSeconds = 900
    /// Seconds that a client waits for its charge to become durable on a failing disk.
    var settleSeconds = 20
    /// Seconds that running streams get after SIGTERM.
    var drainSeconds = 300
    var replayBodyBytes = 8_388_608
    /// Bytes held in all: replay bodies, unsent tails, heads.
    var bufferBytesTotal = 67_108_864

    /// The loop's one read buffer; nothing read at once is longer.
    static let readBufferBytes = 65_536
    /// Full buffers that are read from one socket before the others have their turn.
    static let readRounds = 32
    /// Upstream response head.
    static let responseHeadBytes = 65_536
    /// A chunk-size line with its extensions (RFC 9112 7.1).
    static let chunkLineBytes = 4_096
    /// A trailer section.
    static let trailerBytes = 8_192
    /// The longest scalar that the meters keep (model, response id, tool type).
    static let scalarBytes = 256
    /// What of an event stream is held back while its request may still move to another upstream:
    /// events, bytes of them, and seconds since the first. Whatever is reached first commits it.
    static let handshakeEvents = 16
    static let handshakeBytes = 65_536
    static let handshakeSeconds = 15
    /// One line of the ledger.
    static let ledgerLineBytes = 65_536
    /// One request to `admin.sock`, and its answer.
    static let adminBytes = 1_048_576
    /// Seconds and bytes for which a closed client may still be talking.
    static let lingerSeconds = 2
    static let lingerBytes = 1_048_576
    /// The slowest content that is accepted, measured over `bodySeconds`.
    static let bodyBytesPerSecond = 1_024
    /// 1xx heads before an answer.
    static let interimHeads = 16
    /// A refusal of the upstream, which is read whole before the client hears of it.
    static let upstreamErrorBytes = 65_536
    /// Room that is made at once for a body that may have to be sent again.
    static let keptBodyRoom = 1_048_576
    /// Idle connections to one upstream, and how long each is kept.
    static let upstreamPoolIdle = 64
    static let upstreamPoolIdleSeconds = 30
    /// The same where each keeps TLS buffers of 34 KiB (mbedTLS 2.28): few, and closed early.
    static let tlsPoolIdle = 8
    static let tlsPoolIdleSeconds = 15
    /// A customer's own login, kept for its keepalive.
    static let ownLoginBytes = 8_192
    /// Seconds in which a balance's own login is taken at most once.
    static let ownLoginSeconds: Int64 = 900
    /// Keepalives under way at once, the seconds that each may take, and what of its answer is
    /// looked at.
    static let keepalivesUnderWay = 8
    static let keepaliveSeconds = 60
    static let keepaliveAnswerBytes = 16_384
    /// Seconds between two writings of what keepalives found, and of logins that are new.
    static let keepaliveWriteSeconds: Int64 = 900
    static let keepaliveLoginWriteSeconds: Int64 = 60
    /// Days: no window of usage is longer, so no later reset is believed.
    static let usageWindowDays: Int64 = 32
    /// The longest plain text of one TLS record (RFC 8446 5.1).
    static let tlsRecordBytes = 16_384
    /// From a connection to the end of its handshake.
    static let tlsHandshakeSeconds = 10
    /// How long tickets are sealed under one key; they are opened for as long again.
    static let tlsTicketSeconds = 43_200
    /// A bundle of certificates, or a key.
    static let certificateBytes = 4_194_304
    /// Seconds between two looks at the certificate files.
    static let certificateCheckSeconds = 10
    /// Nanoseconds that work waits at most for a quiet moment of a busy loop, and at least between
    /// two such moments.
    static let postponedMost: UInt64 = 2_000_000
    /// Seconds after the start when what ran in them, and hardly runs again, leaves the memory.
    static let firstSeconds = 2
    /// Milliseconds that one address has for itself before the next is tried beside it (RFC 8305
    /// 5).
    static let connectionAttemptDelay = Milliseconds(250)
    /// Open files beside the connections: the ledger, listeners, the loop's own.
    static let descriptorsBeside: UInt64 = 64
    /// Connections that the kernel holds for us before they are accepted.
    static let listenBacklog: Int32 = 1_024
    /// A file that holds a managed credential.
    static let credentialBytes = 65_536
    /// For how long a credential that was refused is asked last, at most: what upstreams say of
    /// resets is a hint, and often wrong.
    static let credentialRestSeconds = 300
    /// The same where the next request may well succeed.
    static let credentialRestSecondsShort = 60
    /// An access token is refreshed when so much of its life is left, or a tenth if that is more;
    /// but never in the first half of its life.
    static let tokenRefreshAheadSeconds = 600
    /// And when the last refresh is so long ago, as Codex does.
    static let tokenRefreshDays = 8
    /// A token that expires so soon may have expired when it arrives.
    static let tokenMarginSeconds = 2
    /// One refresh, from its connection to the end of its answer, and bytes of the answer.
    static let tokenRefreshSeconds = 30
    static let tokenAnswerBytes = 65_536
    /// After a failed refresh, doubling.
    static let tokenPauseSeconds = 60
    static let tokenPauseSecondsMax = 3_600
    /// Seconds between two looks at an `auth.json`, and between attempts to write it.
    static let authFileSeconds = 60
    /// Configuration file.
    static let configurationBytes = 1_048_576

    /// What must hold between the bounds: the first broken relation, nil when all hold.
    func relations() -> LimitFault? {
        if headBytes > Self.readBufferBytes {
            return LimitFault("head_bytes", "at most \(Self.readBufferBytes), what is read at once")
        }
        if connectionsPerAddress > connections {
            return LimitFault("connections_per_address", "at most connections, \(connections)")
        }
        if streamsPerBalance > connections {
            return LimitFault("streams_per_balance", "at most connections, \(connections)")
        }
        // Codex gives up on a silent stream after 300 s: we have to be the first to notice.
        if upstreamIdleSeconds >= 300 {
            return LimitFault("upstream_idle_seconds", "below 300, when Codex itself gives up")
        }
        if upstreamFirstByteSeconds >= 300 {
            return LimitFault("upstream_first_byte_seconds", "below 300, when Codex gives up")
        }
        if settleSeconds >= 300 {
            return LimitFault("settle_seconds", "below 300, when Codex itself gives up")
        }
        if replayBodyBytes > bufferBytesTotal {
            return LimitFault(
                "replay_body_bytes", "at most buffer_bytes_total, \(bufferBytesTotal)")
        }
        return nil
    }
}

/// A bound that contradicts another one: its key and what would be right.
struct LimitFault {
    let key: String
    let explanation: String

    init(_ key: String, _ explanation: String) {
        self.key = key
        self.explanation = explanation
    }
}
