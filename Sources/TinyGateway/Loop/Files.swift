import CUV

/// Whole small files: read with a bound, replaced so that a crash leaves the old content or the
/// new.
enum Files {
    static func read(_ path: String, bytesMax: Int) throws(FileError) -> [UInt8] {
        let file = try File(path, .read)
        let size = try file.size()
        guard size <= Int64(bytesMax) else { throw .tooLong(path: path, bytesMax: bytesMax) }
        // Some files (pipes, /proc) do not know their size; one byte more tells a file that has
        // grown.
        var bytes = [UInt8](repeating: 0, count: size > 0 ? Int(size) + 1 : bytesMax + 1)
        let count = try file.read(into: &bytes, at: 0, offset: 0)
        guard count <= bytesMax else { throw .tooLong(path: path, bytesMax: bytesMax) }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// Temp file, sync, rename, sync of the folder. The temporary name is fixed: one writer holds
    /// the directory.
    static func replace(_ path: String, _ bytes: [UInt8], mode: UInt32) throws(FileError) {
        let temporary = path + ".new"
        // A left-over of a crash may carry another mode.
        _ = unsafe cuv_unlink(temporary)
        let file = try File(temporary, .new(mode: mode))
        try file.write(bytes.span, offset: 0)
        try file.sync()
        try move(temporary, to: path)
    }

    /// A durable change of name; what had the new name is gone.
    static func move(_ path: String, to new: String) throws(FileError) {
        let result = unsafe cuv_rename(path, new)
        guard result >= 0 else { throw FileError(call: "rename", path: new, result: result) }
        try syncFolder(of: new)
    }

    static func exists(_ path: String) -> Bool {
        unsafe cuv_path_mode(path) >= 0
    }

    /// Missing is success.
    static func remove(_ path: String) throws(FileError) {
        let result = unsafe cuv_unlink(path)
        guard result >= 0 || result == -Int64(ENOENT) else {
            throw FileError(call: "unlink", path: path, result: result)
        }
    }

    /// Makes one folder; success when it is there already.
    static func makeFolder(_ path: String, mode: UInt32) throws(FileError) {
        let result = unsafe cuv_make_folder(path, mode)
        guard result >= 0 || result == -Int64(EEXIST) else {
            throw FileError(call: "mkdir", path: path, result: result)
        }
    }

    /// Makes names in the folder durable: after creating, renaming or removing.
    static func syncFolder(of path: String) throws(FileError) {
        try File(folder(of: path), .read).sync()
    }

    static func folder(of path: String) -> String {
        let bytes = [UInt8](path.utf8)
        guard let slash = bytes.lastIndex(of: 0x2F) else { return "." }
        return slash == 0 ? "/" : String(decoding: bytes[..<slash], as: UTF8.self)
    }
}
