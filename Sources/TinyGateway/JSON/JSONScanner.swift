/// Checks and reads one JSON document (RFC 8259) in pieces of any size, without recursion and
/// without holding it: what its visitor wants is handed over as it passes.
///
/// The whole grammar is checked down to 64 levels; below, only strings and the numbers of open
/// objects and arrays, so that depth costs no memory. A document that breaks a rule is
/// `failed` from there on, and nothing more of it is handed over.
struct JSONScanner<Visitor: JSONVisitor>: Sendable {
    /// Levels whose kind of container is remembered, one bit each.
    static var levels: Int { 64 }
    /// Levels below which no container can be at a wanted node.
    static var nodeLevels: Int { 16 }

    enum Place: UInt8, Sendable {
        case value
        /// Behind `[`.
        case elementOrEnd
        /// Behind `{`.
        case keyOrEnd
        case key
        case colon
        case afterValue
        case string
        case escape
        case hexDigits
        case number
        case literal
        /// Below the levels that are remembered.
        case deep
        case done
        case failed
    }

    var visitor: Visitor
    var place = Place.value
    /// Open containers, at most `levels`; the rest are `deepObjects` and `deepArrays`.
    var depth = 0
    var deepObjects = 0
    var deepArrays = 0
    /// One bit for each open container, the innermost lowest: it is an object.
    private var kinds: UInt64 = 0
    /// Nodes of the outermost containers, as far as they are wanted.
    private var nodes: InlineArray<16, Visitor.Node>
    /// How many of `nodes` are in use. Equal to `depth` exactly when the innermost open container
    /// is at a wanted node.
    private var wanted = 0
    /// The node of the value to come.
    var node: Visitor.Node

    var string = StringState(textMax: Limits.scalarBytes)
    var number = NumberState()
    /// What must still come of `true`, `false` or `null`, the next byte lowest.
    var literal: UInt32 = 0
    var literalValue = JSONScalar.null

    init(visitor: Visitor) {
        self.visitor = visitor
        node = visitor.root
        nodes = InlineArray(repeating: Visitor.ignored)
    }

    /// The document was one whole object or array, and nothing but white space came behind it.
    var isDone: Bool { place == .done }
    var hasFailed: Bool { place == .failed }

    /// Begins another document; the visitor stays as it is.
    @inline(__always)
    mutating func reset() {
        place = .value
        depth = 0
        deepObjects = 0
        deepArrays = 0
        kinds = 0
        wanted = 0
        node = visitor.root
    }

    /// Takes `bytes[range]`.
    /// - Returns: the offset of the bracket that closes the document, as soon as it was taken: the
    ///   bytes behind it are not taken yet. `nil` when all was taken.
    mutating func scan(_ bytes: Span<UInt8>, in range: Range<Int>) -> Int? {
        var at = range.lowerBound
        let end = range.upperBound
        while at < end {
            switch place {
            case .value, .elementOrEnd, .keyOrEnd, .key, .colon, .afterValue, .done:
                let byte = bytes[at]
                if byte <= 0x20 {
                    guard isSpace(byte) else { return fail() }
                    at += 1
                    continue
                }
                let start = at
                at = structure(byte, bytes, at, end)
                if depth == 0 && place == .done { return start }
            case .string:
                at = continueString(bytes, at, end)
            case .escape:
                at = continueEscape(bytes, at)
            case .hexDigits:
                at = continueHexDigits(bytes, at)
            case .number:
                at = continueNumber(bytes, at, end)
            case .literal:
                at = continueLiteral(bytes, at)
            case .deep:
                at = continueDeep(bytes, at, end)
            case .failed:
                return nil
            }
        }
        return nil
    }

    /// An LF that is not among the bytes fed, as between two `data` lines of an event.
    @inline(__always)
    mutating func lineBreak() {
        switch place {
        case .string, .escape, .hexDigits, .literal: place = .failed
        case .number: finishNumber()
        case .value, .elementOrEnd, .keyOrEnd, .key, .colon, .afterValue, .deep, .done, .failed:
            break
        }
    }

    @inline(__always)
    mutating func fail() -> Int? {
        place = .failed
        return nil
    }

    /// One byte outside of strings, numbers and literals that is not white space, and the string
    /// that it may begin.
    /// - Returns: where to go on.
    @inline(__always)
    private mutating func structure(
        _ byte: UInt8, _ bytes: Span<UInt8>, _ at: Int, _ end: Int
    ) -> Int {
        switch place {
        case .key, .keyOrEnd:
            if byte == 0x22 {
                let next = passMembers(bytes, at, end)
                return next > at ? next : beginString(isKey: true, bytes, at + 1, end)
            }
            if byte == 0x7D, place == .keyOrEnd { close() } else { place = .failed }
        case .colon:
            place = byte == 0x3A ? .value : .failed
        case .afterValue:
            afterValue(byte)
        case .elementOrEnd:
            if byte == 0x5D { close() } else { return beginValue(byte, bytes, at, end) }
        case .value:
            return beginValue(byte, bytes, at, end)
        case .string, .escape, .hexDigits, .number, .literal, .deep, .done, .failed:
            place = .failed
        }
        return at + 1
    }

    @inline(__always)
    private mutating func beginValue(
        _ byte: UInt8, _ bytes: Span<UInt8>, _ at: Int, _ end: Int
    ) -> Int {
        switch byte {
        case 0x22: return beginString(isKey: false, bytes, at + 1, end)
        case 0x7B, 0x5B: open(isObject: byte == 0x7B)
        case 0x2D, 0x30...0x39:
            place = .number
            number = NumberState()
            return at
        case 0x74: begin(literal: 0x65_75_72, value: .bool(true))
        case 0x66: begin(literal: 0x65_73_6C_61, value: .bool(false))
        case 0x6E: begin(literal: 0x6C_6C_75, value: .null)
        default: place = .failed
        }
        return at + 1
    }

    @inline(__always)
    private mutating func afterValue(_ byte: UInt8) {
        let isObject = kinds & 1 == 1
        if byte == 0x2C {
            if isObject {
                place = .key
            } else {
                expectElement()
                place = .value
            }
        } else if byte == (isObject ? 0x7D : 0x5D) {
            close()
        } else {
            place = .failed
        }
    }

    private mutating func open(isObject: Bool) {
        guard depth < Self.levels else {
            if node != Visitor.ignored { visitor.tooDeep(node) }
            if isObject { deepObjects = 1 } else { deepArrays = 1 }
            place = .deep
            return
        }
        depth += 1
        kinds = kinds << 1 | (isObject ? 1 : 0)
        if node != Visitor.ignored {
            if wanted < Self.nodeLevels {
                nodes[wanted] = node
                wanted += 1
                visitor.opened(node)
            } else {
                visitor.tooDeep(node)
            }
        }
        if isObject {
            place = .keyOrEnd
        } else {
            expectElement()
            place = .elementOrEnd
        }
    }

    private mutating func close() {
        if wanted == depth {
            wanted -= 1
            visitor.closed(nodes[wanted])
        }
        depth -= 1
        kinds >>= 1
        place = depth == 0 ? .done : .afterValue
    }

    private mutating func expectElement() {
        node = wanted == depth ? visitor.element(of: nodes[wanted - 1]) : Visitor.ignored
    }

    /// A whole key is known.
    @inline(__always)
    mutating func finishKey(_ key: Span<UInt8>) {
        node = wanted == depth ? visitor.member(of: nodes[wanted - 1], key: key) : Visitor.ignored
    }

    /// The keys of the innermost object are wanted.
    var wantsKeys: Bool { wanted == depth }

    private mutating func begin(literal rest: UInt32, value: JSONScalar) {
        literal = rest
        literalValue = value
        place = .literal
    }

    private mutating func continueLiteral(_ bytes: Span<UInt8>, _ at: Int) -> Int {
        guard UInt32(bytes[at]) == literal & 0xFF else {
            place = .failed
            return at
        }
        literal >>= 8
        if literal == 0 { finish(literalValue) }
        return at + 1
    }

    /// A scalar is complete. Documents are objects or arrays: a lone scalar is never `done`.
    mutating func finish(_ scalar: JSONScalar) {
        place = depth == 0 ? .failed : .afterValue
        if node != Visitor.ignored { visitor.scalar(scalar, at: node) }
    }

    /// Strings and brackets only, until the containers below `levels` are closed.
    private mutating func continueDeep(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        var at = start
        while at < end {
            let byte = bytes[at]
            at += 1
            switch byte {
            case 0x22: return beginString(isKey: false, bytes, at, end)
            case 0x7B: deepObjects += 1
            case 0x5B: deepArrays += 1
            case 0x7D: deepObjects -= 1
            case 0x5D: deepArrays -= 1
            default: continue
            }
            if deepObjects < 0 || deepArrays < 0 {
                place = .failed
                return at
            }
            if deepObjects + deepArrays == 0 {
                place = .afterValue
                return at
            }
        }
        return at
    }

    @inline(__always)
    private func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }
}
