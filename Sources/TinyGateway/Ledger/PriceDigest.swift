import Billing

/// Names a price table in the ledger: the first 32 hexadecimal digits of SHA-512 over its canonical
/// text.
enum PriceDigest {
    static func of(_ table: PriceTable) -> TableDigest {
        let hash = LinkHash(digest: SHA512.hash(table.canonicalText).span)
        guard let digest = TableDigest(hash.text) else {
            preconditionFailure("32 hexadecimal digits name a table")
        }
        return digest
    }

    static func entry(_ table: PriceTable) -> PricesEntry {
        PricesEntry(digest: of(table), table: table)
    }
}
