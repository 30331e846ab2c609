/// What the configuration may say but this version does not serve yet.
extension Configuration {
    /// The first key that keeps `serve` from starting, as a sentence with the remedy; nil when none
    /// does.
    var notServedYet: Refusal? {
        let managed = upstream.managed
        var isAuthUsed = false
        for case .auth in managed.credentials { isAuthUsed = true }
        if let refusal = Self.addressRefusal("url", managed.url) { return refusal }
        guard isAuthUsed else { return nil }
        return Self.addressRefusal("auth_url", managed.authURL)
            ?? Self.addressRefusal("token_url", managed.tokenURL)
    }

    private static func addressRefusal(_ key: String, _ url: URL) -> Refusal? {
        guard url.scheme == .https, IPAddress.isAddress(url.host) else { return nil }
        return Refusal(
            "upstream.managed.\(key): \(url.text): certificates are verified for host names; name "
                + "the host instead of its address")
    }
}
