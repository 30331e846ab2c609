/// What can be wrong with the directory or a change of it, in the order of checking.
enum DirectoryError: Error, Equatable {
    /// The file cannot be read.
    case file(FileError)
    /// The file is not what we write: the place and what is wrong there.
    case damaged(String)
    /// Something that must be unique is there already.
    case repeated(String)
    /// The file would become longer than what is read at a start.
    case full
    /// The change could not be written; the directory is as before.
    case notWritten(FileError)

    /// A sentence without its full stop, with the remedy.
    var text: String {
        switch self {
        case .file(let error): "\(error.text); run `tinygateway init` or name another --config"
        case .damaged(let what):
            "directory.json is damaged: \(what); restore it from a backup. Without it every customer"
                + " needs a new token: move it away and run `tinygateway token rotate BALANCE` for each"
        case .repeated(let what): "\(what) is there already"
        case .full:
            "directory.json would become longer than \(Directory.bytesMax) bytes; switch keepalive"
                + " off where it is not needed"
        case .notWritten(let error): "\(error.text); make room on the disk and repeat the command"
        }
    }
}
