/// A command on its way to a running gateway and its answer on the way back, as HTTP/1.1 over
/// `admin.sock`: `POST /v1/command`, `{"arguments":[...]}`;
/// `{"exit":0,"stdout":"...","stderr":"..."}`.
enum AdminRequest {
    static let path = "/v1/command"

    static func message(_ arguments: [String]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("arguments")
        writer.beginArray()
        for argument in arguments { writer.string(argument) }
        writer.endArray()
        writer.endObject()
        let body = writer.bytes
        let head =
            "POST \(path) HTTP/1.1\r\nhost: admin.sock\r\ncontent-type: application/json\r\n"
            + "content-length: \(body.count)\r\nconnection: close\r\n\r\n"
        return [UInt8](head.utf8) + body
    }

    /// The arguments in a request's content, nil when it is not of this form.
    static func arguments(_ content: [UInt8]) -> [String]? {
        guard let document = read(content, bytesMax: Limits.adminBytes),
            let elements = document["arguments"]?.array
        else { return nil }
        var arguments: [String] = []
        for element in elements {
            guard let argument = element.string else { return nil }
            arguments.append(argument)
        }
        return arguments
    }

    static func content(_ output: CommandOutput) -> [UInt8] {
        var line = JSONLine()
        line.integer("exit", Int64(output.status.rawValue))
        line.text("stdout", output.output)
        line.text("stderr", output.error)
        return [UInt8](line.line.utf8)
    }

    /// The output in an answer's content, nil when it is not of this form.
    static func output(_ content: [UInt8]) -> CommandOutput? {
        guard let document = read(content, bytesMax: answerBytesMax),
            let exit = document["exit"]?.integer,
            let status = CommandStatus(rawValue: Int32(truncatingIfNeeded: exit)),
            let output = document["stdout"]?.string,
            let error = document["stderr"]?.string
        else { return nil }
        return CommandOutput(status: status, output: output, error: error)
    }

    private static func read(_ content: [UInt8], bytesMax: Int) -> JSONValue? {
        do throws(JSONError) {
            return try JSONReader.read(content, bytesMax: bytesMax)
        } catch {
            return nil
        }
    }

    /// A `usage` of years fits.
    static let answerBytesMax = 268_435_456
}
