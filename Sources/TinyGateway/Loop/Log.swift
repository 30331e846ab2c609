import CUV

/// Lines for the operator on standard error, one `write` each so that they never mix.
///
/// Nothing a client or an upstream sent is ever put here: no token, no prompt, no output.
enum Log {
    static func line(_ text: String) {
        var bytes = Array("tinygateway: ".utf8)
        bytes.append(contentsOf: text.utf8)
        bytes.append(UInt8(ascii: "\n"))
        unsafe bytes.withUnsafeBytes { _ = unsafe write(2, $0.baseAddress, $0.count) }
    }
}
