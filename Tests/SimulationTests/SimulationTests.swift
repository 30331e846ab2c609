import Foundation
import Testing

@testable import TinyGateway

/// SIMULATION_SEEDS=10000 for the long count, SIMULATION_SEED=N to see one again.
@Suite struct SimulationTests {
    @Test func theBooksBalanceWhateverHappens() throws {
        let environment = ProcessInfo.processInfo.environment
        let directory = FileManager.default.fileExists(atPath: "/dev/shm") ? "/dev/shm" : "/tmp"
        let folder = "\(directory)/tinygateway-simulation-\(Random.identifier())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var seeds: [UInt64] = []
        if let seed = environment["SIMULATION_SEED"].flatMap({ UInt64($0) }) {
            seeds = [seed]
        } else {
            let count = environment["SIMULATION_SEEDS"].flatMap { UInt64($0) } ?? 300
            seeds = [UInt64](1...max(1, count))
        }
        let loop = EventLoop()
        for seed in seeds {
            do {
                try Simulation(seed: seed, directory: folder, loop: loop).run(steps: 120)
            } catch let broken as Broken {
                Issue.record("\(broken); SIMULATION_SEED=\(broken.seed) repeats it")
                return
            }
        }
    }
}
