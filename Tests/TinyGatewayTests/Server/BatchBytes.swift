import CUV

@testable import TinyGateway

extension WriteBatch {
    /// What a gathered write of this batch would send.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for index in 0..<count {
            let slice = unsafe slices[index]
            guard let base = unsafe slice.base else { continue }
            unsafe bytes.append(
                contentsOf: UnsafeRawBufferPointer(start: base, count: Int(slice.len)))
        }
        return bytes
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }
}
