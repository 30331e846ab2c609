import Billing

/// `directory.json`: one JSON object, one account or balance a line so that a person can read it.
extension DirectoryContent {
    static let format: Int64 = 1

    var encoded: [UInt8] {
        var bytes = [UInt8]("{\"format\":\(Self.format),\n\"accounts\":[".utf8)
        for (index, account) in accounts.enumerated() {
            bytes += [UInt8]((index == 0 ? "\n" : ",\n").utf8)
            bytes += Self.encoded(account)
        }
        bytes += [UInt8]("\n],\n\"balances\":[".utf8)
        for (index, record) in records.enumerated() {
            bytes += [UInt8]((index == 0 ? "\n" : ",\n").utf8)
            bytes += Self.encoded(record)
        }
        return bytes + [UInt8]("\n]}\n".utf8)
    }

    private static func encoded(_ account: Account) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("account", account.id.text)
        writer.field("email", account.email)
        writer.field("created", account.created.text)
        writer.endObject()
        return writer.bytes
    }

    private static func encoded(_ record: AccessRecord) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("balance", record.balance.text)
        writer.field("account", record.account.text)
        writer.field("service", record.service.text)
        writer.field("provider", record.provider)
        writer.field("digest", record.digest.hex)
        if let sealed = record.sealed { writer.field("sealed", Base64URL.encode(sealed.span)) }
        writer.field("issued", record.issued.text)
        if let keepalive = record.keepalive {
            writer.key("keepalive")
            writer.raw(keepalive.encoded)
        }
        writer.endObject()
        return writer.bytes
    }

    /// Accepts only what `encoded` can have written, apart from white space.
    /// - Throws: `.damaged`, with the place.
    init(decoding bytes: [UInt8]) throws(DirectoryError) {
        self.init()
        let document: JSONValue
        do throws(JSONError) {
            document = try JSONReader.read(bytes, bytesMax: Directory.bytesMax)
        } catch let error {
            throw .damaged(error.reason)
        }
        guard Self.names(document) == ["format", "accounts", "balances"] else {
            throw .damaged("it does not have format, accounts and balances")
        }
        guard document["format"]?.integer == Self.format else {
            throw .damaged("its format is not \(Self.format)")
        }
        guard let accounts = document["accounts"]?.array,
            let balances = document["balances"]?.array
        else { throw .damaged("accounts and balances are not lists") }
        for (index, element) in accounts.enumerated() { try decodeAccount(element, index + 1) }
        for (index, element) in balances.enumerated() { try decodeRecord(element, index + 1) }
    }

    private static func names(_ value: JSONValue) -> [String]? {
        value.members?.map { $0.name }
    }

    private mutating func decodeAccount(
        _ element: JSONValue, _ number: Int
    ) throws(DirectoryError) {
        guard Self.names(element) == ["account", "email", "created"],
            let id = element["account"]?.string.flatMap({ AccountID($0) }),
            let email = element["email"]?.string, Account.isEmail(email),
            let created = element["created"]?.string.flatMap({ Timestamp($0) })
        else { throw .damaged("account \(number) is not as written") }
        do throws(DirectoryError) {
            try add(Account(id: id, email: email, created: created))
        } catch {
            throw .damaged("account \(number) stands there twice")
        }
    }

    private mutating func decodeRecord(
        _ element: JSONValue, _ number: Int
    ) throws(DirectoryError) {
        var names = ["balance", "account", "service", "provider", "digest", "issued"]
        let hasSealed = element["sealed"] != nil
        if hasSealed { names.insert("sealed", at: 5) }
        if element["keepalive"] != nil { names.append("keepalive") }
        let keepalive = element["keepalive"].flatMap { KeepaliveRecord.decoded($0) }
        let sealed = element["sealed"]?.string.flatMap { Base64URL.decode($0) }
        guard Self.names(element) == names, hasSealed == (sealed != nil),
            let balance = element["balance"]?.string.flatMap({ BalanceID($0) }),
            let account = element["account"]?.string.flatMap({ AccountID($0) }),
            let service = element["service"]?.string.flatMap({ Service($0) }),
            (element["keepalive"] != nil) == (keepalive != nil),
            keepalive == nil || service.hasOwnLogin,
            let provider = element["provider"]?.string, AccessRecord.isProvider(provider),
            let digest = element["digest"]?.string.flatMap({ Digest32(hex: $0) }),
            let issued = element["issued"]?.string.flatMap({ Timestamp($0) })
        else { throw .damaged("balance \(number) is not as written") }
        guard self.account(account) != nil else {
            throw .damaged("balance \(number) belongs to an account that is not there")
        }
        guard record(balance) == nil else { throw .damaged("balance \(number) stands there twice") }
        do throws(DirectoryError) {
            try set(
                AccessRecord(
                    balance: balance, account: account, service: service, provider: provider,
                    digest: digest, sealed: sealed, issued: issued, keepalive: keepalive))
        } catch {
            throw .damaged("balance \(number) has the token or provider of another one")
        }
    }
}
