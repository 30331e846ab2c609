import CUV

/// Stops the process when the program itself is wrong, saying what broke: a trap of Embedded Swift
/// is silent. Mistakes of the world are thrown errors, never this.
func check(_ condition: Bool, _ sentence: StaticString) {
    if condition { return }
    Log.line("stopped: \(sentence)")
    abort()
}
