/// Short text that repeats from line to line, such as a service tier.
struct CommonText: Identifier {
    let text: String

    init?(_ text: String) {
        self.text = text
    }
}
