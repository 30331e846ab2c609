/// A span of time or a reading of the loop's monotonic clock, in milliseconds.
struct Milliseconds: Comparable, Hashable, Sendable {
    let count: Int64

    init(_ count: Int64) {
        self.count = count
    }

    static func seconds(_ seconds: Int) -> Milliseconds {
        Milliseconds(Int64(seconds) * 1000)
    }

    static func < (left: Milliseconds, right: Milliseconds) -> Bool {
        left.count < right.count
    }

    static func + (left: Milliseconds, right: Milliseconds) -> Milliseconds {
        Milliseconds(left.count + right.count)
    }

    static func - (left: Milliseconds, right: Milliseconds) -> Milliseconds {
        Milliseconds(left.count - right.count)
    }
}
