import CUV

/// The entry point: arguments, then the command they name, then its exit status.
@main
enum TinyGateway {
    static func main() {
        exit(Int32(cuv_argument_count() > 0 ? 0 : 1))
    }
}
