/// Interpolation in one place: the standard library's own is inlined into every sentence, some 250
/// bytes a piece, which was a tenth of the Embedded binary. Text is built for people here, never
/// for an event of a stream, so that a call costs nothing that matters.
extension DefaultStringInterpolation {
    @inline(never)
    mutating func appendLiteral(_ literal: String) {
        write(literal)
    }

    @inline(never)
    mutating func appendInterpolation(_ text: String) {
        write(text)
    }

    @inline(never)
    mutating func appendInterpolation(_ number: Int) {
        write(String(number))
    }

    @inline(never)
    mutating func appendInterpolation(_ number: Int64) {
        write(String(number))
    }

    @inline(never)
    mutating func appendInterpolation(_ number: Int32) {
        write(String(number))
    }
}

extension String {
    @inline(never)
    static func + (left: String, right: String) -> String {
        var text = left
        text.append(right)
        return text
    }

    @inline(never)
    static func += (left: inout String, right: String) {
        left.append(right)
    }
}
