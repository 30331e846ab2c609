/// A command run as root must not leave files that the gateway's own user cannot write.
enum DataOwner {
    /// As root: takes user and group of the data directory's owner.
    /// - Returns: why that cannot be done.
    static func assume(_ data: DataConfiguration) -> Refusal? {
        guard let owner = HostProcess.owner(of: data.directory) else {
            return Refusal(
                "\(data.directory) does not exist; make it with `tinygateway init`, or set "
                    + "data.directory")
        }
        guard HostProcess.isRoot, owner.user != 0 else { return nil }
        let code = HostProcess.become(user: owner.user, group: owner.group)
        guard code == 0 else {
            return Refusal(
                "cannot become user \(owner.user), who owns \(data.directory): "
                    + "\(FileError.describe(code)); run the command as that user")
        }
        return nil
    }
}
