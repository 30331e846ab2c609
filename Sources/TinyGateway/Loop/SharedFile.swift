import CUV

/// A small file that is not ours alone: its owner, its mode and a link to it stay when it is
/// replaced, and others may replace it too.
enum SharedFile {
    /// A number that changes when the file is written or replaced; 0 when there is none.
    static func stamp(_ path: String) -> UInt64 {
        unsafe cuv_file_stamp(path)
    }

    /// The permission bits; nil when there is no such file.
    static func mode(_ path: String) -> UInt32? {
        let mode = unsafe cuv_path_mode(path)
        return mode < 0 ? nil : UInt32(mode) & 0o7777
    }

    /// Whether `replace` can succeed: the folder takes a new file, which may get the old one's
    /// owner.
    static func isReplaceable(_ path: String) -> Bool {
        guard let real = try? resolved(path), let owner = HostProcess.owner(of: real) else {
            return false
        }
        guard HostProcess.isRoot || owner.user == cuv_user() else { return false }
        return unsafe cuv_may_write(Files.folder(of: real)) == 0
    }

    /// A crash leaves the old content or the new. The new one is first in place with its owner and
    /// its mode, so that nobody sees more or less than before.
    static func replace(_ path: String, _ bytes: [UInt8]) throws(FileError) {
        let real = try resolved(path)
        let temporary = real + ".new"
        _ = unsafe cuv_unlink(temporary)
        do throws(FileError) {
            let file = try File(temporary, .new(mode: 0o600))
            try file.write(bytes.span, offset: 0)
            try makeAlike(temporary, real)
            try file.sync()
            try Files.move(temporary, to: real)
        } catch {
            // It may hold secrets, and nobody would ever look for them there.
            _ = unsafe cuv_unlink(temporary)
            throw error
        }
    }

    private static func makeAlike(_ path: String, _ model: String) throws(FileError) {
        let owner = unsafe cuv_owner(model)
        let own = unsafe cuv_owner(path)
        if owner >= 0, owner != own {
            let given = unsafe cuv_give(path, cuv_owner_user(owner), cuv_owner_group(owner))
            guard given >= 0 else { throw FileError(call: "chown", path: model, result: given) }
        }
        guard let mode = mode(model) else { throw .missing(path: model) }
        let set = unsafe cuv_set_mode(path, mode)
        guard set >= 0 else { throw FileError(call: "chmod", path: model, result: set) }
    }

    private static func resolved(_ path: String) throws(FileError) -> String {
        var text = [CChar](repeating: 0, count: 4096)
        let result = unsafe text.withUnsafeMutableBufferPointer {
            unsafe cuv_real_path(path, $0.baseAddress)
        }
        guard result >= 0 else { throw FileError(call: "realpath", path: path, result: result) }
        return unsafe text.withUnsafeBufferPointer {
            unsafe String(cString: $0.baseAddress.unsafelyUnwrapped)
        }
    }
}
