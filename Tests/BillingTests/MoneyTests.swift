import Billing
import Testing

@Suite struct MoneyTests {
    @Test(arguments: [
        ("0", "0.0000"), ("5", "5.0000"), ("0.25", "0.2500"), ("-1.5", "-1.5000"),
        ("0.0011", "0.0011"), ("0.000001", "0.000001"), ("59.9989", "59.9989"),
        ("10.10", "10.1000"), ("999999999999.999999", "999999999999.999999"),
    ])
    func textRoundTrips(written: String, text: String) {
        #expect(Money(written)?.text == text)
        #expect(Money(text) == Money(written))
    }

    @Test(arguments: [
        "", "-", ".", "1.", ".5", "+1", "01", "00", "-0", "-0.000", "1e3", " 1", "1 ", "1,5",
        "0.0000001", "1000000000000", "1.2.3", "--1", "0x1", "1_000", "\u{661}",
    ])
    func otherSpellingsAreRefused(written: String) {
        #expect(Money(written) == nil)
    }

    @Test(arguments: [
        (0, 0), (1, 100_000_000), (99_999_999, 100_000_000), (100_000_000, 100_000_000),
        (100_000_001, 200_000_000), (-1, 0), (-100_000_000, -100_000_000),
        (-100_000_001, -100_000_000),
    ])
    func roundsUpToTenThousandth(picodollars: Int, rounded: Int) {
        let money = Money(picodollars: Int128(picodollars))
        #expect(money.roundedUpToTenThousandth == Money(picodollars: Int128(rounded)))
        #expect(money.isWhole == (picodollars == rounded))
    }

    @Test(arguments: [
        (0, "0", "0.0000"), (1, "0.000000000000001", "0.0001"),
        (1_050_000_000_000, "0.00105", "0.0011"), (100_000_000_000, "0.0001", "0.0001"),
        (100_000_000_001, "0.000100000000001", "0.0002"),
        (3_000_000_000_000_000, "3", "3.0000"),
    ])
    func costIsExactAndRoundedUpOnce(femtodollars: Int, text: String, charged: String) {
        let cost = Cost(femtodollars: Int128(femtodollars))
        #expect(cost.text == text)
        #expect(cost.roundedUp.text == charged)
    }
}
