/// Says which values of a document are wanted, and receives them. A node names a place in the
/// document (`usage.input_tokens`); below an ignored node nothing is looked at but the syntax.
protocol JSONVisitor: Sendable {
    associatedtype Node: Equatable, Sendable
    static var ignored: Node { get }
    /// The node of the document itself.
    var root: Node { get }

    /// The node of the member `key` (escapes resolved) of the object at `parent`.
    mutating func member(of parent: Node, key: Span<UInt8>) -> Node
    /// The node of the elements of the array at `parent`.
    mutating func element(of parent: Node) -> Node
    /// An object or array begins at a node that is not ignored.
    mutating func opened(_ node: Node)
    mutating func closed(_ node: Node)
    /// Whether strings at a node that is not ignored are handed over. Where a long text may stand
    /// that nobody wants, this saves copying its first bytes.
    func keepsText(at node: Node) -> Bool
    /// A string of at most `Limits.scalarBytes` (escapes resolved) at a node that keeps text.
    mutating func string(_ text: Span<UInt8>, at node: Node)
    mutating func scalar(_ scalar: JSONScalar, at node: Node)
    /// A container at a node that is not ignored lies deeper than nodes are kept, and is passed
    /// over.
    mutating func tooDeep(_ node: Node)
}

extension JSONVisitor {
    @inline(__always)
    func keepsText(at node: Node) -> Bool { true }
}
