/// libFuzzer's entry: the first byte chooses a codec, the second how the rest is cut into pieces.
/// No input may stop the process, and how it was cut may not matter.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let data, count > 2 else { return 0 }
    let bytes = [UInt8](UnsafeBufferPointer(start: data + 2, count: count - 2))
    let step = Int(data[1] % 32) + 1
    let whole = read(data[0], [bytes])
    let cut = read(data[0], pieces(bytes, step))
    if whole != cut {
        fatalError("codec \(data[0] % codecs), pieces of \(step):\n\(whole)\n\(cut)")
    }
    return 0
}

func pieces(_ bytes: [UInt8], _ step: Int) -> [[UInt8]] {
    stride(from: 0, to: bytes.count, by: step).map { start in
        [UInt8](bytes[start..<min(bytes.count, start + step)])
    }
}

let codecs: UInt8 = 10

/// What a codec makes of the pieces, in words.
func read(_ codec: UInt8, _ pieces: [[UInt8]]) -> String {
    switch codec % codecs {
    case 0: return requests(pieces)
    case 1: return responses(pieces)
    case 2: return chunks(pieces)
    case 3: return meter(.eventStream, pieces)
    case 4: return meter(.document, pieces)
    case 5: return meter(.images, pieces)
    case 6: return request(pieces)
    case 7: return handshake(pieces)
    case 8: return filtered(pieces.flatMap { $0 })
    default: return document(pieces.flatMap { $0 })
    }
}

func requests(_ pieces: [[UInt8]]) -> String {
    var parser = RequestHeadParser(limits: .request(Limits()))
    do throws(HTTPError) {
        for piece in pieces where try parser.feed(piece.span) != nil {
            let head = parser.takeHead()
            return "\(head.method) \(head.target) \(head.framing) \(head.fields.count)"
        }
        return "more"
    } catch { return "\(error)" }
}

func responses(_ pieces: [[UInt8]]) -> String {
    var parser = ResponseHeadParser(limits: .response(Limits()))
    do throws(HTTPError) {
        for piece in pieces where try parser.feed(piece.span) != nil {
            let head = parser.takeHead()
            return "\(head.status) \(head.framing(answering: .post)) \(head.fields.count)"
        }
        return "more"
    } catch { return "\(error)" }
}

func chunks(_ pieces: [[UInt8]]) -> String {
    var decoder = ChunkedDecoder(contentBytesMax: 1 << 20)
    var content: [UInt8] = []
    do throws(HTTPError) {
        for piece in pieces {
            var position = 0
            reading: while position < piece.count {
                switch try decoder.next(piece.span, from: position) {
                case .content(let range):
                    content += piece[range]
                    position = range.upperBound
                case .needMore: break reading
                case .end: return "end \(content)"
                }
            }
        }
        return "more \(content)"
    } catch { return "\(error) \(content)" }
}

func meter(_ mode: UsageMeter.Mode, _ pieces: [[UInt8]]) -> String {
    var meter = UsageMeter(mode: mode)
    var offset = 0
    var stops: [Int] = []
    for piece in pieces {
        var position = 0
        while let stop = meter.feed(piece.span, in: position..<piece.count) {
            guard case .terminal(let at) = stop else { break }
            stops.append(offset + at)
            position = at
        }
        offset += piece.count
    }
    // Without `sawOutput`: a delta that is not JSON counts as output where it lies whole in one
    // piece, which `DeltaEvent` allows for the sake of its speed.
    return "\(meter.response) \(meter.repeatedTerminals) \(stops)"
}

func request(_ pieces: [[UInt8]]) -> String {
    var meter = RequestMeter()
    for piece in pieces { meter.feed(piece.span, in: 0..<piece.count) }
    return "\(meter.facts)"
}

func handshake(_ pieces: [[UInt8]]) -> String {
    var reader = HandshakeReader()
    for piece in pieces {
        let verdict = reader.feed(piece.span, in: 0..<piece.count)
        if verdict != .held { return "\(verdict)" }
    }
    return "held"
}

/// A body that something was taken out of is still one, and nothing more is to be taken out.
func filtered(_ bytes: [UInt8]) -> String {
    guard let rest = ReasoningFilter.removingReasoning(bytes) else { return "as it was" }
    var meter = RequestMeter()
    meter.feed(rest.span, in: 0..<rest.count)
    guard meter.facts.isComplete, ReasoningFilter.removingReasoning(rest) == nil else {
        fatalError("taken out of \(bytes): \(rest)")
    }
    return "\(rest)"
}

/// A document that is read is written and read again to the same.
func document(_ bytes: [UInt8]) -> String {
    guard let value = try? JSONReader.read(bytes, bytesMax: 1 << 20) else { return "refused" }
    return "\(value)"
}
