/// A set of known field names; asking it is a test of one bit.
struct FieldNameSet: Hashable, Sendable {
    private var bits: UInt128

    init(_ names: FieldName...) {
        bits = 0
        for name in names { insert(name) }
    }

    mutating func insert(_ name: FieldName) {
        precondition(name.rawValue < 128, "a set of field names has room for 128")
        bits |= 1 << UInt128(name.rawValue)
    }

    func contains(_ name: FieldName) -> Bool {
        bits >> UInt128(name.rawValue) & 1 == 1
    }

    func union(_ other: FieldNameSet) -> FieldNameSet {
        var all = self
        all.bits |= other.bits
        return all
    }

    /// Fields that are meant for one connection and never forwarded (RFC 9110 7.6.1, and those
    /// whose meaning is bound to a hop: 11.7, 10.1.4, RFC 9112 6.1).
    static let hopByHop = FieldNameSet(
        .connection, .keepAlive, .proxyAuthenticate, .proxyAuthenticationInfo, .proxyAuthorization,
        .proxyConnection, .te, .trailer, .transferEncoding, .upgrade)
}
