/// A small file to be replaced off the loop.
struct FileReplacement: Sendable {
    let number: Int64
    let path: String
    let bytes: [UInt8]
    /// nil for a file that keeps its mode and owner.
    let mode: UInt32?
}

/// What became of it: `nil` is success.
struct FileReplaced: Sendable {
    let number: Int64
    let error: FileError?
}
