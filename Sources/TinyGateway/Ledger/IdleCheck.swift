/// Verifies, a part at a time, the lines that a start from the checkpoint did not read: text,
/// numbering and chains, up to the checkpoint's own.
final class IdleCheck {
    enum Outcome: Equatable {
        case more
        case intact
        case damaged(LedgerDamage)
    }

    private static let blockBytes = 65_536

    private let file: File
    private let expected: LedgerTail
    private var checker = LedgerCheck()

    init(_ file: File, to expected: LedgerTail) {
        self.file = file
        self.expected = expected
    }

    func step(bytes: Int64) -> Outcome {
        let end = min(expected.end, checker.tail.end + bytes)
        do throws(FileError) {
            // A block of its own each time, and a small one: between two steps it costs little.
            var lines = LedgerLines(
                file, from: checker.tail.end, to: expected.end, blockBytes: Self.blockBytes)
            while checker.tail.end < end {
                guard try lines.advance() == .line else { return damaged(.noLineEnd) }
                do throws(LineFault) {
                    _ = try lines.withLine { span throws(LineFault) in try checker.take(span) }
                } catch let fault {
                    return damaged(fault)
                }
            }
        } catch {
            // A read that fails now says nothing about the bytes; the next step tries again.
            return .more
        }
        guard checker.tail.end == expected.end else { return .more }
        return checker.tail == expected ? .intact : damaged(.chain)
    }

    private func damaged(_ fault: LineFault) -> Outcome {
        .damaged(
            LedgerDamage(line: checker.tail.seq + 1, offset: checker.tail.end, fault: fault))
    }
}
