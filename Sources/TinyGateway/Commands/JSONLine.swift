/// One JSON object on one line, its fields in the order they were added: what `--json` prints.
/// Never inlined: a dozen fields a row were a dozen copies of the writer.
struct JSONLine {
    private var writer = JSONWriter()

    init() {
        writer.beginObject()
    }

    @inline(never)
    mutating func text(_ name: String, _ value: String) {
        writer.field(name, value)
    }

    /// `null` for nil.
    @inline(never)
    mutating func text(_ name: String, orNull value: String?) {
        if let value { writer.field(name, value) } else { writer.fieldNull(name) }
    }

    @inline(never)
    mutating func integer(_ name: String, _ value: Int64) {
        writer.field(name, value)
    }

    @inline(never)
    mutating func boolean(_ name: String, _ value: Bool) {
        writer.field(name, value)
    }

    /// A value that is JSON already.
    @inline(never)
    mutating func json(_ name: String, _ value: [UInt8]) {
        writer.key(name)
        writer.raw(value)
    }

    /// The object with its line end.
    var line: String {
        var ended = writer
        ended.endObject()
        return String(decoding: ended.bytes, as: UTF8.self) + "\n"
    }
}
