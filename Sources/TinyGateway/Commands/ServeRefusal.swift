/// What the configuration may say but this version does not serve yet.
extension Configuration {
    /// The first key that keeps `serve` from starting, as a sentence with the remedy; nil when none
    /// does.
    var notServedYet: Refusal? {
        if upstream.managed.url.scheme == .https, IPAddress.isAddress(upstream.managed.url.host) {
            return Refusal(
                "upstream.managed.url: \(upstream.managed.url.text): certificates are verified for "
                    + "host names; name the host instead of its address")
        }
        for case .auth(let path) in upstream.managed.credentials {
            return Refusal(
                "upstream.managed.credentials: auth:\(path) is not used yet; name an API key with "
                    + "env:NAME or file:PATH")
        }
        if upstream.managed.credentials.count > 1 {
            return Refusal(
                "upstream.managed.credentials: one credential is used so far; name one")
        }
        return nil
    }
}
