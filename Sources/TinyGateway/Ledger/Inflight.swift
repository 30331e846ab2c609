import Billing
import CUV

/// The open exchanges, in a memory-mapped file: opening and closing one costs no system call, and
/// after a crash of the process the kernel still has every slot. The file is allocated, never
/// sparse: a full disk must not become a bus error in the middle of a request.
@safe
final class Inflight {
    /// Slots of one segment; a further segment is added when all are taken.
    static let segmentSlots = 4_096
    private static let segmentBytes = segmentSlots * InflightSlot.byteCount

    private let file: File
    private var segments: [UnsafeMutableRawPointer]
    /// Slots given back, the latest on top, so that few pages are ever touched.
    private var released: [Int] = []
    /// Slots below this have been used.
    private var reached = 0
    private(set) var openCount = 0

    /// Empties the file, which must have been read before, and maps its first segment.
    init(path: String) throws(FileError) {
        unsafe segments = []
        file = try File(path, .replace(mode: 0o600))
        try addSegment()
    }

    deinit {
        for index in unsafe segments.indices {
            unsafe cuv_unmap(segments[index], Self.segmentBytes)
        }
    }

    /// What a process that did not close its exchanges left. A missing file leaves nothing.
    static func leftOpen(path: String) throws(FileError) -> [InflightSlot] {
        guard Files.exists(path) else { return [] }
        let file = try File(path, .read)
        var open: [InflightSlot] = []
        var block = [UInt8](repeating: 0, count: segmentBytes)
        var offset: Int64 = 0
        while true {
            let count = try file.read(into: &block, at: 0, offset: offset)
            offset += Int64(count)
            for start in stride(
                from: 0, through: count - InflightSlot.byteCount, by: InflightSlot.byteCount)
            {
                let slot = block.span.extracting(start..<(start + InflightSlot.byteCount))
                if let slot = InflightSlot(slot) { open.append(slot) }
            }
            if count < segmentBytes { return open }
        }
    }

    /// - Returns: the slot's number, for `update` and `close`.
    /// - Throws: only when a further segment is needed and the disk has no room for it.
    func open(_ slot: InflightSlot) throws(FileError) -> Int {
        let number: Int
        if let last = released.popLast() {
            number = last
        } else {
            if unsafe segments.count * Self.segmentSlots == reached { try addSegment() }
            number = reached
            reached += 1
        }
        openCount += 1
        let address = unsafe address(of: number)
        check(unsafe address.load(as: UInt8.self) == InflightSlot.free, "an unused slot")
        unsafe slot.bytes.withUnsafeBytes {
            unsafe address.copyMemory(from: $0.baseAddress.unsafelyUnwrapped, byteCount: $0.count)
        }
        unsafe setState(address, InflightSlot.open)
        return number
    }

    func update(_ number: Int, hold: Int64) {
        let address = unsafe address(of: number)
        check(unsafe address.load(as: UInt8.self) == InflightSlot.open, "an open slot")
        unsafe address.storeBytes(
            of: hold.littleEndian, toByteOffset: InflightSlot.holdStart, as: Int64.self)
    }

    func close(_ number: Int) {
        let address = unsafe address(of: number)
        check(unsafe address.load(as: UInt8.self) == InflightSlot.open, "an open slot")
        unsafe setState(address, InflightSlot.free)
        released.append(number)
        openCount -= 1
        check(openCount >= 0, "no more closed than opened")
    }

    @unsafe
    private func address(of number: Int) -> UnsafeMutableRawPointer {
        check(number >= 0 && number < reached, "a slot that was given out")
        let segment = unsafe segments[number / Self.segmentSlots]
        return unsafe segment + number % Self.segmentSlots * InflightSlot.byteCount
    }

    @unsafe
    private func setState(_ address: UnsafeMutableRawPointer, _ state: UInt8) {
        unsafe cuv_store_release(address.assumingMemoryBound(to: UInt8.self), state)
    }

    private func addSegment() throws(FileError) {
        let start = Int64(unsafe segments.count * Self.segmentBytes)
        let allocated = cuv_allocate(file.descriptor, start, Int64(Self.segmentBytes))
        guard allocated == 0 else {
            throw FileError(call: "fallocate", path: file.path, result: allocated)
        }
        guard let address = unsafe cuv_map_shared(file.descriptor, start, Self.segmentBytes) else {
            throw FileError(call: "mmap", path: file.path, result: -Int64(cuv_errno()))
        }
        unsafe segments.append(address)
    }
}
