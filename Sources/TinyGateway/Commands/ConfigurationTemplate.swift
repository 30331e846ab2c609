/// The configuration that `init` writes: every key with its default and what it means, made from
/// the same lists that the reader knows, so that the two cannot differ.
enum ConfigurationTemplate {
    /// - Parameter values: what to write in place of a default, as TOML, by the key's full name.
    static func text(_ values: [String: String] = [:]) -> String {
        var lines = [
            "# TinyGateway. Every key is shown with its default; what is left out keeps it.",
            "# Amounts are USD as strings. Secrets never stand here, only references to them.",
        ]
        let sections: [(name: String, keys: [ConfigurationKey])] = [
            ("server", ServerConfiguration.keys), ("server.tls", ServerConfiguration.tlsKeys),
            ("data", DataConfiguration.keys), ("upstream", UpstreamConfiguration.keys),
            ("upstream.managed", UpstreamConfiguration.managedKeys),
            ("upstream.own", UpstreamConfiguration.ownKeys),
            ("billing", BillingConfiguration.keys),
        ]
        for section in sections {
            append(section.name, section.keys, values, to: &lines)
        }
        appendExample(
            "billing.price", PriceConfiguration.keys,
            "Adds a row to the price table or replaces one: USD per million tokens.", to: &lines)
        appendExample(
            "billing.image", ImageConfiguration.keys, "The same for images: USD each.", to: &lines)
        append("keepalive", KeepaliveConfiguration.keys, values, to: &lines)
        append("limits", Limits.keys, values, to: &lines)
        return lines.joined(separator: "\n") + "\n"
    }

    private static func append(
        _ name: String, _ keys: [ConfigurationKey], _ values: [String: String],
        to lines: inout [String]
    ) {
        lines.append("")
        lines.append("[\(name)]")
        for key in keys {
            lines.append(line(key, value: values["\(name).\(key.name)"] ?? key.value))
        }
    }

    /// A table that the default configuration does not have.
    private static func appendExample(
        _ name: String, _ keys: [ConfigurationKey], _ comment: String, to lines: inout [String]
    ) {
        lines.append("")
        lines.append("# \(comment)")
        lines.append("# [[\(name)]]")
        for key in keys { lines.append("# " + line(key, value: key.value)) }
    }

    private static func line(_ key: ConfigurationKey, value: String) -> String {
        let assignment = "\(key.name) = \(value)"
        guard !key.comment.isEmpty else { return assignment }
        let padding = String(repeating: " ", count: max(1, 40 - assignment.utf8.count))
        return assignment + padding + "# " + key.comment
    }
}
