import CUV

/// The process as the system sees it: its arguments, environment, user and standard streams.
enum HostProcess {
    /// The arguments behind the program's name. Bytes that are not UTF-8 become U+FFFD.
    static var arguments: [String] {
        var arguments: [String] = []
        for index in 1..<max(1, cuv_argument_count()) {
            guard let argument = unsafe cuv_argument(index) else { break }
            arguments.append(unsafe String(cString: argument))
        }
        return arguments
    }

    /// nil when the variable is not set.
    static func environment(_ name: String) -> String? {
        guard let value = unsafe cuv_environment(name) else { return nil }
        return unsafe String(cString: value)
    }

    /// Writes all of `bytes`; what a closed pipe or a full disk does not take is lost.
    /// - Returns: whether everything was taken.
    @discardableResult
    static func write(_ bytes: [UInt8], to file: StandardFile) -> Bool {
        var start = 0
        while start < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe cuv_write(
                    file.rawValue, $0.baseAddress.unsafelyUnwrapped + start, bytes.count - start)
            }
            if count == -Int64(EINTR) { continue }
            guard count > 0 else { return false }
            start += Int(count)
        }
        return true
    }

    enum StandardFile: Int32 {
        case output = 1
        case error = 2
    }

    static var isRoot: Bool { cuv_user() == 0 }

    /// User and group of what `path` names, nil when there is nothing.
    static func owner(of path: String) -> (user: UInt32, group: UInt32)? {
        let owner = unsafe cuv_owner(path)
        guard owner >= 0 else { return nil }
        return (cuv_owner_user(owner), cuv_owner_group(owner))
    }

    /// As root: makes `path` belong to whom `folder` belongs to. As anybody else: nothing.
    static func giveToOwner(of folder: String, _ path: String) throws(FileError) {
        guard isRoot, let owner = owner(of: folder) else { return }
        let result = unsafe cuv_give(path, owner.user, owner.group)
        guard result >= 0 else { throw FileError(call: "chown", path: path, result: result) }
    }

    /// Gives root up for good.
    /// - Returns: 0 or errno.
    static func become(user: UInt32, group: UInt32) -> Int32 {
        Int32(-cuv_become(user, group))
    }

    static func exit(_ status: Int32) -> Never {
        CUV.exit(status)
    }
}
