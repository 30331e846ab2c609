import CUV

/// The command line's side of `admin.sock`.
enum AdminClient {
    enum Answer {
        case output(CommandOutput)
        /// Nobody listens: the command has to do the work itself.
        case notRunning
        case failed(String)
    }

    /// Longer than a command waits for a failing disk (`settle_seconds`).
    private static let secondsMax = 330

    static func run(_ arguments: [String], socket path: String) -> Answer {
        let connection: LocalConnection
        do throws(StreamError) {
            connection = try LocalConnection(path: path, seconds: secondsMax)
        } catch let error {
            // A socket without a listener is what a killed gateway leaves behind.
            if error.code == -ENOENT || error.code == -ECONNREFUSED { return .notRunning }
            return .failed(
                "\(path): \(FileError.describe(-error.code)); run this as the gateway's user")
        }
        do throws(StreamError) {
            try connection.send(AdminRequest.message(arguments))
            var bytes: [UInt8] = []
            while bytes.count <= AdminRequest.answerBytesMax {
                let more = try connection.receive()
                if more.isEmpty { break }
                bytes += more
            }
            return read(bytes, path)
        } catch let error {
            return .failed(
                "the gateway on \(path) did not answer: \(FileError.describe(-error.code)); see what "
                    + "was done with `tinygateway ledger show` before repeating the command")
        }
    }

    /// The content behind the head; the connection closes at its end.
    private static func read(_ bytes: [UInt8], _ path: String) -> Answer {
        let status = [UInt8]("HTTP/1.1 200 ".utf8)
        guard bytes.starts(with: status), let start = contentStart(bytes),
            let output = AdminRequest.output(Array(bytes[start...]))
        else {
            return .failed(
                "the gateway on \(path) gave no answer that this program knows; it may be another "
                    + "version: restart it")
        }
        return .output(output)
    }

    private static func contentStart(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        for index in 0...(bytes.count - 4)
        where bytes[index] == 13 && bytes[index + 1] == 10 && bytes[index + 2] == 13
            && bytes[index + 3] == 10
        { return index + 4 }
        return nil
    }
}
