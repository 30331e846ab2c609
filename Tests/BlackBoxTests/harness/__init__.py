"""What the black-box tests share: processes, a byte-exact client, an independent reading of the ledger."""
