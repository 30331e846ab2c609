/// Every command of the program. `description` is its one table of contents.
enum CommandName: CaseIterable {
    case initialize
    case serve
    case status
    case accountAdd
    case accountList
    case balanceOpen
    case balanceList
    case balanceShow
    case topup
    case grant
    case refund
    case passRenew
    case keepalive
    case tokenRotate
    case configTOML
    case configInstall
    case usage
    case statement
    case ledgerShow
    case ledgerVerify
    case ledgerRepair
    case pricesShow
    case pricesCheck
    case pricesDiff
    case pricesReprice

    var description: CommandDescription {
        switch self {
        case .initialize: InitCommand.description
        case .serve: Self.serveDescription
        case .status: StatusCommand.description
        case .accountAdd: AccountAddCommand.description
        case .accountList: AccountListCommand.description
        case .balanceOpen: BalanceOpenCommand.description
        case .balanceList: BalanceListCommand.description
        case .balanceShow: BalanceShowCommand.description
        case .topup: TopupCommand.description
        case .grant: GrantCommand.description
        case .refund: RefundCommand.description
        case .passRenew: PassRenewCommand.description
        case .keepalive: KeepaliveCommand.description
        case .tokenRotate: TokenRotateCommand.description
        case .configTOML: ConfigTOMLCommand.description
        case .configInstall: ConfigInstallCommand.description
        case .usage: UsageCommand.description
        case .statement: StatementCommand.description
        case .ledgerShow: LedgerShowCommand.description
        case .ledgerVerify: LedgerVerifyCommand.description
        case .ledgerRepair: LedgerRepairCommand.description
        case .pricesShow: PricesShowCommand.description
        case .pricesCheck: PricesCheckCommand.description
        case .pricesDiff: PricesDiffCommand.description
        case .pricesReprice: PricesRepriceCommand.description
        }
    }

    private static let serveDescription = CommandDescription(
        "serve", summary: "Run the gateway in the foreground until SIGTERM.",
        details: """
            Running streams finish after SIGTERM, at most limits.drain_seconds; the last entries are on
            disk before the process ends. Give it to systemd or another supervisor.
            """)

    /// The text of `tinygateway --help`.
    static var overview: String {
        let rows = allCases.map { command in
            let description = command.description
            return [
                "  " + ([description.name] + description.positionals).joined(separator: " "),
                description.summary,
            ]
        }
        return "tinygateway COMMAND [ARGUMENTS] [--config FILE] [--json]\n\n"
            + "A gateway between Codex and OpenAI with prepaid balances.\n\nCommands:\n"
            + TextTable.render(rows)
            + "\n`tinygateway COMMAND --help` says more about each.\n"
            + "First: `tinygateway init`, then `tinygateway serve`.\n"
    }
}
