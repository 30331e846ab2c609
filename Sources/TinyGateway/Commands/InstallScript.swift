import CUV

/// The script that puts a block into Codex's `config.toml`: `CUV/install.sh` or `CUV/install.ps1`
/// with the balance filled in.
struct InstallScript {
    enum System {
        case unix
        case windows
    }

    let system: System
    let block: CodexBlock

    /// ASCII only: Windows PowerShell takes a script without a byte order mark to be in the local
    /// code page.
    var text: String {
        var lines: [String] = []
        for line in Self.template(system).split(separator: "\n", omittingEmptySubsequences: false) {
            switch line {
            case "@BLOCK@": lines += (CodexBlock.features + block.table).map(Self.ascii)
            case _ where line.hasSuffix("'@PROVIDER@'"):
                lines.append(Self.fill(line, block.provider))
            case _ where line.hasSuffix("'@MODEL@'"):
                lines.append(Self.fill(line, CodexBlock.model))
            case _ where line.hasSuffix("'@LOGIN@'"):
                lines.append(Self.fill(line, "\(block.needsLogin)"))
            default: lines.append(String(line))
            }
        }
        return lines.joined(separator: "\n")
    }

    /// `name='@WORD@'` -> `name='value'`. The values are words without quotes.
    private static func fill(_ line: Substring, _ value: String) -> String {
        precondition(!value.utf8.contains(UInt8(ascii: "'")), "it would end the script's string")
        return line.prefix { $0 != "'" } + "'\(value)'"
    }

    /// TOML's escapes for what is not ASCII; outside of strings the block has none of it.
    private static func ascii(_ line: String) -> String {
        var text = ""
        for scalar in line.unicodeScalars {
            if scalar.isASCII {
                text.unicodeScalars.append(scalar)
            } else {
                let digits = String(scalar.value, radix: 16, uppercase: true)
                let width = scalar.value > 0xFFFF ? 8 : 4
                text += width == 8 ? "\\U" : "\\u"
                text += String(repeating: "0", count: width - digits.utf8.count) + digits
            }
        }
        return text
    }

    private static func template(_ system: System) -> String {
        let isWindows: Int32 = system == .windows ? 1 : 0
        let bytes = (0..<cuv_install_script_size(isWindows)).map {
            cuv_install_script_byte(isWindows, $0)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
