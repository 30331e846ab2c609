/// `token rotate BALANCE`.
enum TokenRotateCommand {
    static let description = CommandDescription(
        "token rotate", ["BALANCE"],
        summary: "Make a new token; the old one stops working at once.",
        details: "Also gives a token to a balance that has none. The provider's id stays the same.")

    static func run(
        _ invocation: Invocation, in office: Office, reply: @escaping Office.Reply
    ) throws(Refusal) {
        let balance = try office.balance(invocation.positionals[0])
        office.issueToken(balance, isJSON: invocation.isJSON, reply: reply)
    }
}
