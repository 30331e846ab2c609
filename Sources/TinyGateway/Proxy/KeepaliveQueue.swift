import Billing

/// Keepalives by the moment at which they are due: a binary heap, the earliest on top.
struct KeepaliveQueue {
    struct Item {
        let due: Timestamp
        let entry: KeepaliveEntry
    }

    private var items: [Item] = []

    var count: Int { items.count }

    mutating func push(_ item: Item) {
        items.append(item)
        var place = items.count - 1
        while place > 0 {
            let parent = (place - 1) / 2
            guard items[place].due < items[parent].due else { return }
            items.swapAt(place, parent)
            place = parent
        }
    }

    /// The earliest one, if its time has come.
    mutating func pop(at now: Timestamp) -> Item? {
        guard let top = items.first, top.due <= now else { return nil }
        let last = items.removeLast()
        if !items.isEmpty {
            items[0] = last
            sink()
        }
        return top
    }

    /// Moves the item on top down to where it belongs.
    private mutating func sink() {
        var place = 0
        while true {
            var least = place
            for child in (2 * place + 1)..<(2 * place + 3)
            where child < items.count && items[child].due < items[least].due {
                least = child
            }
            guard least != place else { return }
            items.swapAt(place, least)
            place = least
        }
    }
}
