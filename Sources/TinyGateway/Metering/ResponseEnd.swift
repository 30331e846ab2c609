/// How an upstream said that its response ended.
enum ResponseEnd: Equatable, Sendable {
    case completed
    case incomplete
    case failed
}
