/// Why a command does not do what it was asked: a sentence that ends with the remedy.
struct Refusal: Error, Equatable {
    let sentence: String
    let status: CommandStatus

    init(_ sentence: String, status: CommandStatus = .refused) {
        self.sentence = sentence
        self.status = status
    }

    static func usage(_ sentence: String) -> Refusal {
        Refusal(sentence, status: .usage)
    }

    var output: CommandOutput { .refused(sentence, status: status) }
}
