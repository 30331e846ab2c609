/// What the configuration may say but this version does not serve yet.
extension Configuration {
    /// The first key that keeps `serve` from starting, as a sentence with the remedy; nil when none does.
    var notServedYet: Refusal? {
        if !server.tls.listen.isEmpty {
            return Refusal(
                "server.tls.listen: TLS is not served yet; leave it empty and put a TLS front end "
                    + "before server.listen")
        }
        if upstream.managed.url.scheme == .https {
            return Refusal(
                "upstream.managed.url: \(upstream.managed.url.text) needs TLS, which is not spoken "
                    + "yet; name an http:// upstream")
        }
        for case .auth(let path) in upstream.managed.credentials {
            return Refusal(
                "upstream.managed.credentials: auth:\(path) is not used yet; name an API key with "
                    + "env:NAME or file:PATH")
        }
        return nil
    }
}
