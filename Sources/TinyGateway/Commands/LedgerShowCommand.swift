import Billing
import CUV

/// `ledger show`: the lines themselves, straight from the file, without a lock.
enum LedgerShowCommand {
    static let description = CommandDescription(
        "ledger show",
        options: [
            .init("--balance", "BALANCE", "the lines of one balance only"),
            .init("--follow", nil, "go on with new lines until interrupted"),
        ],
        summary: "Print the ledger's lines, one JSON object each.",
        details: "For jq and grep. It may run beside the gateway.")

    /// Between two looks for new lines.
    private static let pauseMilliseconds: UInt32 = 200
    /// What is gathered before it is written.
    private static let pieceBytes = 65_536

    static func run(_ invocation: Invocation, _ configuration: Configuration) -> CommandOutput {
        let filter: BalanceID?
        do throws(Refusal) {
            filter = try balance(invocation.option("--balance"))
        } catch let refusal {
            return refusal.output
        }
        let folder = LedgerFolder(directory: configuration.data.directory)
        do throws(FileError) {
            let file = try File(folder.ledger, .read)
            var offset: Int64 = 0
            repeat {
                guard try show(file, &offset, filter) else { break }
                if invocation.option("--follow") != nil {
                    cuv_sleep_milliseconds(pauseMilliseconds)
                }
            } while invocation.option("--follow") != nil
            return .done("")
        } catch let error {
            return .refused("\(error.text); run `tinygateway serve` or name another --config")
        }
    }

    private static func balance(_ text: String?) throws(Refusal) -> BalanceID? {
        guard let text else { return nil }
        guard let id = BalanceID(text) else { throw .usage("\(text) is not a balance like b_...") }
        return id
    }

    /// Writes the whole lines from `offset` on and moves it behind them. A line without its end is
    /// just being written and left for the next look.
    /// - Returns: false when nobody reads any more.
    private static func show(
        _ file: File, _ offset: inout Int64, _ filter: BalanceID?
    ) throws(FileError) -> Bool {
        let end = try file.size()
        // Cut meanwhile: begin where it now ends.
        guard offset <= end else {
            offset = end
            return true
        }
        var lines = LedgerLines(file, from: offset, to: end)
        var piece: [UInt8] = []
        while try lines.advance() == .line {
            lines.withLine { line in
                guard filter == nil || Self.balance(of: line) == filter else { return }
                for index in line.indices { piece.append(line[index]) }
                piece.append(UInt8(ascii: "\n"))
            }
            offset = lines.nextOffset
            if piece.count >= pieceBytes {
                guard HostProcess.write(piece, to: .output) else { return false }
                piece.removeAll(keepingCapacity: true)
            }
        }
        return HostProcess.write(piece, to: .output)
    }

    private static func balance(of line: Span<UInt8>) -> BalanceID? {
        do throws(LedgerFormatError) {
            return try LedgerFormat.decode(line).line.entry.balanceID
        } catch {
            return nil
        }
    }
}
