@testable import TinyGateway

/// Reads a whole connection's bytes with the parsers under test, cut into pieces as given, and
/// writes down what happened in words. Two cuts of the same bytes must give the same transcript.
struct HTTPTranscript {
    enum Side {
        case requests
        /// Answers to this method.
        case responses(Method)
    }

    private(set) var lines: [String] = []
    private(set) var error: HTTPError?
    /// Messages whose last byte has been seen.
    private(set) var messages = 0
    private(set) var heads: [RequestHead] = []

    private var requests: RequestHeadParser
    private var responses: ResponseHeadParser
    private let side: Side
    private let limits: HeadLimits
    private var content = Content.head
    private var bytes: [UInt8] = []

    private enum Content {
        case head
        case length(Int)
        case chunked(ChunkedDecoder)
        case untilClose
    }

    init(_ side: Side, limits: HeadLimits = .request(Limits())) {
        self.side = side
        self.limits = limits
        requests = RequestHeadParser(limits: limits)
        responses = ResponseHeadParser(limits: limits)
    }

    static func read(
        _ pieces: [[UInt8]], as side: Side, limits: HeadLimits = .request(Limits())
    ) -> HTTPTranscript {
        var transcript = HTTPTranscript(side, limits: limits)
        for piece in pieces {
            transcript.feed(piece)
        }
        transcript.close()
        return transcript
    }

    /// In one word: "complete", "incomplete" or the error.
    var verdict: String {
        if let error { return "\(error)" }
        if case .head = content, requests.isEmpty, responses.isEmpty { return "complete" }
        if case .untilClose = content { return "complete" }
        return "incomplete"
    }

    mutating func feed(_ piece: [UInt8]) {
        var rest = piece[...]
        while !rest.isEmpty, error == nil {
            do throws(HTTPError) {
                rest = try step([UInt8](rest))[...]
            } catch {
                lines.append("error \(error)")
                self.error = error
            }
        }
    }

    private mutating func close() {
        if !bytes.isEmpty { lines.append("content so far " + Self.text(bytes)) }
        lines.append(verdict)
    }

    /// - Returns: What is left of the piece.
    private mutating func step(_ piece: [UInt8]) throws(HTTPError) -> [UInt8] {
        switch content {
        case .head:
            return try readHead(piece)
        case .length(let length):
            let count = min(length, piece.count)
            bytes += piece[..<count]
            content = .length(length - count)
            if count == length { finishContent() }
            return [UInt8](piece[count...])
        case .chunked(var decoder):
            let step = try decoder.next(piece.span, from: 0)
            content = .chunked(decoder)
            switch step {
            case .needMore: return []
            case .content(let range):
                bytes += piece[range]
                return [UInt8](piece[range.upperBound...])
            case .end(let end):
                finishContent()
                return [UInt8](piece[end...])
            }
        case .untilClose:
            bytes += piece
            return []
        }
    }

    private mutating func readHead(_ piece: [UInt8]) throws(HTTPError) -> [UInt8] {
        let count: Int?
        let framing: BodyFraming
        switch side {
        case .requests:
            count = try requests.feed(piece.span)
            guard count != nil else { return [] }
            let head = requests.takeHead()
            heads.append(head)
            lines.append(Self.describe(head))
            framing = head.framing
        case .responses(let method):
            count = try responses.feed(piece.span)
            guard count != nil else { return [] }
            let head = responses.takeHead()
            lines.append(Self.describe(head, answering: method))
            framing = head.framing(answering: method)
        }
        switch framing {
        case .none, .length(0): messages += 1
        case .length(let length): content = .length(length)
        case .chunked: content = .chunked(ChunkedDecoder(contentBytesMax: limits.contentBytes))
        case .untilClose: content = .untilClose
        }
        return [UInt8](piece[(count ?? 0)...])
    }

    private mutating func finishContent() {
        lines.append("content " + Self.text(bytes))
        bytes = []
        content = .head
        messages += 1
    }

    private static func describe(_ head: RequestHead) -> String {
        var text =
            "\(head.method.text) \(head.target.form) \(head.target.text) 1.\(head.minorVersion)"
        text += " framing \(head.framing) keepAlive \(head.keepAlive)"
        text += " expects \(head.expectsContinue) upgrade \(head.upgrade)"
        return text + describe(head.fields)
    }

    private static func describe(_ head: ResponseHead, answering method: Method) -> String {
        var text = "1.\(head.minorVersion) \(head.status) \(head.reason)"
        text += " framing \(head.framing(answering: method))"
        text += " keepAlive \(head.keepAlive(answering: method))"
        return text + describe(head.fields)
    }

    private static func describe(_ fields: Fields) -> String {
        var text = ""
        for index in fields.indices {
            text += " [\(fields.name(at: index)) \(fields.nameText(at: index))"
            text += "=\(fields.value(at: index))]"
        }
        return text
    }

    private static func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self)
    }
}

/// Bytes of a text in which every character stands for one byte.
func latin(_ text: String) -> [UInt8] {
    text.unicodeScalars.map { UInt8($0.value) }
}

/// Whether `bytes` read in one piece, in any two pieces and byte by byte tell the same story.
func isSplitIndependent(_ bytes: [UInt8], as side: HTTPTranscript.Side) -> Bool {
    let whole = HTTPTranscript.read([bytes], as: side).lines
    let single = HTTPTranscript.read(bytes.map { [$0] }, as: side).lines
    guard single == whole else { return false }
    return bytes.indices.allSatisfy { cut in
        let pieces = [[UInt8](bytes[..<cut]), [UInt8](bytes[cut...])]
        return HTTPTranscript.read(pieces, as: side).lines == whole
    }
}
