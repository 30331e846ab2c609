/// Carries out a command in an office: the same in a running gateway and in a process that has the
/// lock.
enum Operation {
    /// - Parameter facts: what the gateway says of itself in `status`, by name; nil when none runs.
    /// - Parameter reply: called once, now or when what had to be durable is.
    static func run(
        _ arguments: [String], in office: Office, facts: (() -> [(String, String)])? = nil,
        reply: @escaping Office.Reply
    ) {
        do throws(Invocation.UsageError) {
            run(try Invocation(arguments), in: office, facts: facts, reply: reply)
        } catch let error {
            reply(.refused(error.sentence, status: .usage))
        }
    }

    static func run(
        _ invocation: Invocation, in office: Office, facts: (() -> [(String, String)])? = nil,
        reply: @escaping Office.Reply
    ) {
        do throws(Refusal) {
            switch invocation.command {
            case .accountAdd: try AccountAddCommand.run(invocation, in: office, reply: reply)
            case .accountList: reply(AccountListCommand.run(invocation, in: office))
            case .balanceOpen: try BalanceOpenCommand.run(invocation, in: office, reply: reply)
            case .balanceList: reply(BalanceListCommand.run(invocation, in: office))
            case .balanceShow: reply(try BalanceShowCommand.run(invocation, in: office))
            case .topup: try TopupCommand.run(invocation, in: office, reply: reply)
            case .grant: try GrantCommand.run(invocation, in: office, reply: reply)
            case .refund: try RefundCommand.run(invocation, in: office, reply: reply)
            case .passRenew: try PassRenewCommand.run(invocation, in: office, reply: reply)
            case .keepalive: try KeepaliveCommand.run(invocation, in: office, reply: reply)
            case .tokenRotate: try TokenRotateCommand.run(invocation, in: office, reply: reply)
            case .configTOML: reply(try ConfigTOMLCommand.run(invocation, in: office))
            case .configInstall: reply(try ConfigInstallCommand.run(invocation, in: office))
            case .usage: reply(try UsageCommand.run(invocation, in: office))
            case .status:
                guard let facts else {
                    return reply(StatusCommand.notRunning(office.configuration))
                }
                reply(StatusCommand.run(invocation, in: office, facts: facts()))
            case .initialize, .serve, .ledgerShow, .ledgerVerify, .ledgerRepair, .pricesShow,
                .pricesCheck, .pricesDiff, .pricesReprice, .statement:
                throw .usage("\(invocation.command.description.name) is not for a running gateway")
            }
        } catch let refusal {
            reply(refusal.output)
        }
    }
}
