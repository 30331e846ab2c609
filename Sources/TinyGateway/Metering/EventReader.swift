/// Reads one event, or one answer that is a document. A class, because most of its time a live
/// stream is between two events and needs none.
final class EventReader {
    var scanner: JSONScanner<ResponseReader>

    fileprivate init(mode: UsageMeter.Mode) {
        scanner = JSONScanner(visitor: ResponseReader(mode: mode))
    }
}

/// Where a reader of events lies that no stream needs at the moment: many streams, hardly ever two
/// of them inside of an event. So no event costs an allocation.
final class EventReaderShelf {
    private var spare: EventReader?

    /// A reader at the beginning of an event or document.
    func take(_ mode: UsageMeter.Mode) -> EventReader {
        guard mode == .eventStream, let reader = spare else { return EventReader(mode: mode) }
        spare = nil
        return reader
    }

    /// Takes the reader of an event back.
    func give(_ reader: EventReader) {
        reader.scanner.reset()
        reader.scanner.visitor.reset()
        spare = reader
    }
}
