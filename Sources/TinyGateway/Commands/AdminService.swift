/// The running gateway's side of `admin.sock`: carries out what the command line sends.
final class AdminService: RequestRouter {
    private let office: Office
    private let facts: () -> [(String, String)]

    /// - Parameter facts: what `status` shows beside the books, by name: uptime, streams, alarms.
    init(_ office: Office, facts: @escaping () -> [(String, String)]) {
        self.office = office
        self.facts = facts
    }

    func route(_ head: RequestHead, on connection: ServerConnection) -> any Responder {
        let isCommand = head.method == .post && head.target.path == AdminRequest.path
        return CollectingResponder(connection: connection, limit: Limits.adminBytes) {
            content, connection in
            guard isCommand, let arguments = AdminRequest.arguments(content) else {
                connection.respond(
                    status: 404, contentType: "text/plain",
                    body: [UInt8]("POST \(AdminRequest.path) with {\"arguments\":[...]}\n".utf8))
                return
            }
            Operation.run(arguments, in: self.office, facts: self.facts) { output in
                connection.respond(
                    status: 200, contentType: "application/json",
                    body: AdminRequest.content(output))
            }
        }
    }
}
