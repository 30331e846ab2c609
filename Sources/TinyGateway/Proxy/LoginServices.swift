import Billing

/// What a login needs of the world, as values, so that a test can be the world.
struct LoginServices {
    struct Answer {
        let status: Int
        let content: [UInt8]
    }

    let clock: () -> Timestamp
    /// Sends content to the token endpoint; the second argument is called once, perhaps at once.
    let post: ([UInt8], @escaping (Result<Answer, RefreshFault>) -> Void) -> Void
    /// Replaces a file that is not ours alone; the third argument is called once.
    let replace: (String, [UInt8], @escaping (FileError?) -> Void) -> Void
    /// A kind of trouble and a fact, for the operator.
    let alarm: (String, String) -> Void
}
