import Foundation

@testable import TinyGateway

/// What a meter said of a stream, fed in pieces as the relay feeds it.
struct MeterRun: Equatable {
    var response: MeteredResponse
    /// Offsets of the bytes it stopped at.
    var stops: [Int] = []
    var sawOutput: Bool
    var isInsideEvent: Bool
    var repeatedTerminals: Int

    init(_ bytes: [UInt8], _ mode: UsageMeter.Mode, cuts: [Int] = []) {
        var meter = UsageMeter(mode: mode)
        let bounds = [0] + cuts + [bytes.count]
        for (from, to) in zip(bounds, bounds.dropFirst()) {
            var at = from
            // The withheld bytes come again, as a copy elsewhere.
            while case .terminal(let stop)? = meter.feed(bytes.span, in: at..<to) {
                stops.append(stop)
                at = stop
            }
        }
        response = meter.response
        sawOutput = meter.sawOutput
        isInsideEvent = meter.isInsideEvent
        repeatedTerminals = Int(meter.repeatedTerminals)
    }

    init(_ text: String, _ mode: UsageMeter.Mode = .eventStream, cuts: [Int] = []) {
        self.init(Array(text.utf8), mode, cuts: cuts)
    }

    static func fixture(_ name: String) -> [UInt8] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let url = folder.appendingPathComponent("Fixtures/\(name)")
        return (try? Data(contentsOf: url)).map { Array($0) } ?? []
    }
}
