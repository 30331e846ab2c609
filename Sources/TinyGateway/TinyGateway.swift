import CUV

/// The entry point: arguments, then the command they name, then its exit status.
@main
enum TinyGateway {
    static func main() {
        exit(CommandLineInterface.run(HostProcess.arguments))
    }
}
