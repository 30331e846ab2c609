import CMbedTLS

/// What calls into the shim report, by name.
enum TLSStatus {
    static let done = Int32(CM_TLS_OK)
    static let needsInput = Int32(CM_TLS_NEEDS_INPUT)
    static let needsRoom = Int32(CM_TLS_NEEDS_ROOM)
    static let closed = Int32(CM_TLS_CLOSED)
    static let newSession = Int32(CM_TLS_NEW_SESSION)
    static let truncated = Int32(CM_TLS_TRUNCATED)
    static let broken = Int32(CM_TLS_BROKEN)
}

/// The first byte of a record (RFC 8446 5.1).
enum TLSRecordType {
    static let handshake: UInt8 = 22
}
