import CUV

/// What the file system refused, with the path, for the operator's eyes.
enum FileError: Error, Equatable {
    case missing(path: String)
    /// Longer than the reader accepts.
    case tooLong(path: String, bytesMax: Int)
    /// Another process holds the lock.
    case locked(path: String)
    /// Any other refusal: the call that failed and errno.
    case failed(call: String, path: String, code: Int32)

    init(call: String, path: String, result: Int64) {
        precondition(result < 0, "only a failure has an error")
        let code = Int32(-result)
        self = code == ENOENT ? .missing(path: path) : .failed(call: call, path: path, code: code)
    }

    /// One sentence without its full stop.
    var text: String {
        switch self {
        case .missing(let path): "\(path) does not exist"
        case .tooLong(let path, let bytesMax): "\(path) is longer than \(bytesMax) bytes"
        case .locked(let path): "\(path) is in use by another process"
        case .failed(let call, let path, let code):
            "\(call) of \(path) failed: \(FileError.describe(code))"
        }
    }

    /// What errno means, in libc's words.
    static func describe(_ code: Int32) -> String {
        guard let text = unsafe cuv_error_text(code) else { return "error \(code)" }
        return unsafe String(cString: text)
    }
}
