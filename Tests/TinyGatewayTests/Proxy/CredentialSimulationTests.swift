import Testing

@Suite("Proxy: weeks of a login") struct CredentialSimulationTests {
    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func noTokenIsLostSpentTwiceOrSentExpired(_ seed: UInt64) throws {
        let simulation = CredentialSimulation(seed: seed)
        try simulation.run(steps: 1_000)
        #expect(simulation.faults == [], "seed \(seed)")
        #expect(simulation.refreshes > 3 && simulation.served > 500, "seed \(seed)")
    }
}
