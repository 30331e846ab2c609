/// Everything that the operator decides: the configuration file, checked, with defaults for what it
/// leaves out. DESIGN section 9 lists the keys.
struct Configuration {
    var server = ServerConfiguration()
    var data = DataConfiguration()
    var upstream = UpstreamConfiguration()
    var billing = BillingConfiguration()
    var keepalive = KeepaliveConfiguration()
    var limits = Limits()

    static let tables = ["server", "data", "upstream", "billing", "keepalive", "limits"]

    init() {}

    /// - Parameter folder: where the file lies; a relative `data.directory` begins there.
    /// - Throws: the first `ConfigurationError`: syntax, then section by section as they stand
    ///   above.
    init(_ bytes: [UInt8], folder: String) throws(ConfigurationError) {
        let root = try ConfigurationSection(
            TOMLParser.parse(bytes), name: "", keys: [], tables: Self.tables)
        server = try ServerConfiguration(root.table("server"))
        data = try DataConfiguration(root.table("data"), folder: folder)
        upstream = try UpstreamConfiguration(root.table("upstream"))
        billing = try BillingConfiguration(root.table("billing"))
        keepalive = try KeepaliveConfiguration(root.table("keepalive"))
        limits = try Limits(root.table("limits"))
    }
}
