/// Lets a signal be made before the one who receives it is complete.
final class SignalRelay {
    var receive: (() -> Void)?
}
