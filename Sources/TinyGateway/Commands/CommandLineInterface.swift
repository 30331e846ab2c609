import CUV

/// From the arguments to the exit status.
enum CommandLineInterface {
    /// How long a command waits for another one that has the lock.
    private static let waitSeconds = 5

    static func run(_ arguments: [String]) -> Int32 {
        cuv_ignore_broken_pipes()
        if let first = arguments.first, ["--help", "-h", "help"].contains(first) {
            return finish(.done(CommandName.overview))
        }
        guard !arguments.isEmpty else {
            return finish(CommandOutput(status: .usage, error: CommandName.overview))
        }
        let invocation: Invocation
        do throws(Invocation.UsageError) {
            invocation = try Invocation(arguments)
        } catch let error {
            return finish(.refused(error.sentence, status: .usage))
        }
        if invocation.wantsHelp { return finish(.done(invocation.command.description.help)) }
        if invocation.command == .initialize { return finish(InitCommand.run(invocation)) }
        let path = ConfigurationFile.locate(invocation.configurationPath)
        do throws(ConfigurationError) {
            return run(invocation, arguments, try ConfigurationFile.read(path), path)
        } catch let error {
            return finish(.refused(error.message(file: path)))
        }
    }

    private static func run(
        _ invocation: Invocation, _ arguments: [String], _ configuration: Configuration,
        _ path: String
    ) -> Int32 {
        if invocation.command == .pricesShow {
            return finish(PricesShowCommand.run(invocation, configuration))
        }
        if let refusal = DataOwner.assume(configuration.data) { return finish(refusal.output) }
        switch invocation.command {
        case .serve:
            return ServeCommand.run(configuration, path)
        case .ledgerShow:
            return finish(LedgerShowCommand.run(invocation, configuration))
        case .ledgerVerify:
            return finish(LedgerVerifyCommand.run(invocation, configuration))
        case .ledgerRepair:
            return finish(LedgerRepairCommand.run(invocation, configuration))
        case .statement: return finish(StatementCommand.run(invocation, configuration))
        case .pricesCheck: return finish(PricesCheckCommand.run(invocation, configuration))
        case .pricesDiff: return finish(PricesDiffCommand.run(invocation, configuration))
        case .pricesReprice: return finish(PricesRepriceCommand.run(invocation, configuration))
        case .initialize, .pricesShow:
            preconditionFailure("done before the data directory is touched")
        case .status, .accountAdd, .accountList, .balanceOpen, .balanceList, .balanceShow, .topup,
            .grant, .refund, .passRenew, .keepalive, .tokenRotate, .configTOML, .configInstall,
            .usage:
            return finish(inOffice(invocation, arguments, configuration))
        }
    }

    /// In the running gateway if there is one, else in a process that has the lock.
    private static func inOffice(
        _ invocation: Invocation, _ arguments: [String], _ configuration: Configuration
    ) -> CommandOutput {
        switch AdminClient.run(arguments, socket: configuration.data.path("admin.sock")) {
        case .output(let output): return output
        case .failed(let sentence): return .refused(sentence)
        case .notRunning: break
        }
        if invocation.command == .status { return StatusCommand.notRunning(configuration) }
        let loop = EventLoop()
        let office: Office
        do throws(Refusal) {
            office = try Office.open(
                configuration, loop: loop, mode: .command(waitSeconds: waitSeconds))
        } catch let refusal {
            return refusal.output
        }
        for line in office.books.report.lines { Log.line(line) }
        var output: CommandOutput?
        var isClosing = false
        let finish = { (result: CommandOutput) in
            // What is durable after all is the better answer.
            if output == nil || result.status == .done { output = result }
            guard !isClosing else { return }
            isClosing = true
            office.books.close { loop.stop() }
        }
        // A gateway waits for room on the disk; a person does not.
        office.books.onConditionChange = { condition in
            guard case .diskFull(let code) = condition else { return }
            finish(
                .refused(
                    "the ledger cannot be written: \(FileError.describe(code)); make room on the disk "
                        + "and repeat the command"))
        }
        Operation.run(invocation, in: office, reply: finish)
        // Runs until the books are closed and their handles are let go.
        loop.run()
        return output ?? .refused("the command came to no end; look with `tinygateway ledger show`")
    }

    private static func finish(_ output: CommandOutput) -> Int32 {
        HostProcess.write([UInt8](output.output.utf8), to: .output)
        HostProcess.write([UInt8](output.error.utf8), to: .error)
        return output.status.rawValue
    }
}
