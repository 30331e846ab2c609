# Puts one TinyGateway balance into Codex's config.toml.
#
#   powershell -ExecutionPolicy Bypass -File install.ps1           install, or bring up to date
#   powershell -ExecutionPolicy Bypass -File install.ps1 -Undo     take it out again
#
# This script contains your access token. Do not forward it and do not publish it.
#
# It changes only lines that carry its marks, keeps a backup with a time stamp beside the file, and puts
# "#tinygateway# " before lines that stand against it: an older model_provider or model, profile, API keys and
# old login settings at the top level, and providers that Codex would refuse. -Undo takes all of that away; a
# file that nobody else has changed is then what it was, byte for byte.
#
# The file is config.toml in the folder CODEX_HOME, without CODEX_HOME in .codex of your user folder.
# Works with Windows PowerShell 5.1 and PowerShell 7. The rules are those of the script for macOS and Linux.
param([switch]$Undo)
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$Provider = '@PROVIDER@'
$Model = '@MODEL@'
# Whether Codex sends your own ChatGPT login (Link, Boost) or none (Pay).
$Login = '@LOGIN@'
$Block = @'
@BLOCK@
'@

$Dot = [string][char]28
$Gone = '#tinygateway# '
$Moved = '#tinygateway-moved# '
$More = '#tinygateway-moved+ '
$Globals = ('approval_policy sandbox_mode model_reasoning_effort model_reasoning_summary model_verbosity ' +
    'web_search file_opener hide_agent_reasoning show_raw_agent_reasoning service_tier ' +
    'check_for_update_on_startup notify personality').Split(' ')
# One character for each byte, so that what is not ours stays as it is.
$Bytes = [Text.Encoding]::GetEncoding(28591)
$Bom = $Bytes.GetString([byte[]](0xEF, 0xBB, 0xBF))

# --- TOML, as much as is needed to tell keys, tables and values apart ---------------------------------------

# The position behind the one-line string that begins at $i.
function Find-Behind([string]$text, [int]$i) {
    $quote = $text[$i]
    $i++
    while ($i -lt $text.Length) {
        $c = $text[$i]
        $i++
        if ($c -ceq '\' -and $quote -ceq '"') { $i++ }
        elseif ($c -ceq $quote) { return $i }
    }
    return $text.Length
}

# The position of the next character from $i on that is neither space nor tab.
function Skip-Space([string]$text, [int]$i) {
    while ($i -lt $text.Length -and ($text[$i] -ceq ' ' -or $text[$i] -ceq "`t")) { $i++ }
    return $i
}

# The dotted key at $i, each part followed by $Dot. Leaves the position behind it in $script:At.
function Read-Key([string]$text, [int]$i) {
    $all = ''
    while ($true) {
        $i = Skip-Space $text $i
        if ($i -ge $text.Length) { break }
        if ($text[$i] -ceq '"' -or $text[$i] -ceq "'") {
            $j = Find-Behind $text $i
            $all += $text.Substring($i + 1, [Math]::Max(0, $j - $i - 2)) + $Dot
            $i = $j
        } else {
            $word = [regex]::Match($text.Substring($i), '^[A-Za-z0-9_-]+').Value
            if ($word -ceq '') { break }
            $all += $word + $Dot
            $i += $word.Length
        }
        $i = Skip-Space $text $i
        if ($i -ge $text.Length -or $text[$i] -cne '.') { break }
        $i++
    }
    $script:At = $i
    return $all
}

function Test-Triple([string]$text, [int]$i, [string]$three) {
    return $i + 3 -le $text.Length -and $text.Substring($i, 3) -ceq $three
}

# Reads a value, or more of it, from $i on; $script:Open and $script:Depth say what the next line goes on with.
function Read-Value([string]$text, [int]$i) {
    while ($i -lt $text.Length) {
        $c = [string]$text[$i]
        if ($script:Open -cne '') {
            if ($c -ceq '\' -and $script:Open -ceq '"""') { $i++ }
            elseif (Test-Triple $text $i $script:Open) {
                $script:Open = ''
                $i += 2
                # Up to two quotes more are the last characters of the text.
                for ($extra = 0; $extra -lt 2; $extra++) {
                    if ($i + 1 -lt $text.Length -and [string]$text[$i + 1] -ceq $c) { $i++ } else { break }
                }
            }
        } elseif ($c -ceq '#') { return }
        elseif ($c -ceq '"' -or $c -ceq "'") {
            if (Test-Triple $text $i ($c * 3)) {
                $script:Open = $c * 3
                $i += 2
            } else { $i = (Find-Behind $text $i) - 1 }
        } elseif ($c -ceq '[' -or $c -ceq '{') { $script:Depth++ }
        elseif (($c -ceq ']' -or $c -ceq '}') -and $script:Depth -gt 0) { $script:Depth-- }
        $i++
    }
}

# One object a line: Kind (c comment or empty, h table, s key, + the same key goes on), Path, Value.
function Read-Toml([Collections.Generic.List[string]]$lines) {
    $script:Open = ''
    $script:Depth = 0
    $table = ''
    $start = 0
    $read = New-Object 'Collections.Generic.List[object]'
    for ($i = 0; $i -lt $lines.Count; $i++) {
        $text = $lines[$i]
        $line = [pscustomobject]@{ Kind = 'c'; Path = ''; Value = '' }
        if ($script:Open -cne '' -or $script:Depth -gt 0) {
            $line.Kind = '+'
            Read-Value $text 0
        } elseif ($text -cmatch '^[ \t]*\[') {
            $line.Kind = 'h'
            $line.Value = if ($text -cmatch '^[ \t]*\[\[') { '[[' } else { '[' }
            $table = Read-Key $text ($text.IndexOf([char]'[') + $line.Value.Length)
            $line.Path = $table
        } elseif ($text -cnotmatch '^[ \t]*(#|\r?$)') {
            $line.Kind = 's'
            $start = $i
            $line.Path = $table + (Read-Key $text 0)
            $from = [Math]::Min($script:At + 1, $text.Length)
            $line.Value = $text.Substring($from)
            Read-Value $text $from
        }
        $read.Add($line)
    }
    if ($script:Open -cne '' -or $script:Depth -gt 0) {
        throw "what begins in line $($start + 1) is not closed; nothing was changed"
    }
    return , $read
}

# --- What is ours ---------------------------------------------------------------------------------------------

function Test-Start([string]$text, [string]$start) {
    return $text.StartsWith($start, [StringComparison]::Ordinal)
}

# The file in pieces: Base (what is not ours, as it was before), Tails (our provider blocks) and flags.
function Split-File([string]$text, [bool]$made) {
    $file = [pscustomobject]@{
        Bom = ''; Base = New-Object 'Collections.Generic.List[string]'
        Tails = New-Object 'Collections.Generic.List[object]'
        Made = $made; Final = $true; Earlier = ''
    }
    if (Test-Start $text $Bom) {
        $file.Bom = $Bom
        $text = $text.Substring(3)
    }
    $raw = New-Object 'Collections.Generic.List[string]'
    $raw.AddRange([string[]]$text.Split("`n"))
    $final = $raw[$raw.Count - 1] -ceq ''
    if ($final) { $raw.RemoveAt($raw.Count - 1) }
    $read = Read-Toml $raw
    # What each line of the base was copied from, and the copies' texts; $null: not a copy.
    $origins = New-Object 'Collections.Generic.List[object]'
    $movedTexts = New-Object 'Collections.Generic.List[string]'
    $zone = ''; $id = ''; $fate = 'kept'; $before = $false; $inside = $false; $cut = $false; $joint = 0
    $tail = $null; $copy = $null
    for ($i = 0; $i -lt $raw.Count; $i++) {
        $line = $raw[$i] -creplace '\r$', ''
        $kind = $read[$i].Kind
        $path = $read[$i].Path
        $isComment = $kind -ceq 'c'
        if ($isComment -and (Test-Start $line '# >>> tinygateway')) {
            $before = $true; $inside = $false; $fate = 'ours'
            $id = $line -creplace '^# >>> tinygateway *', '' -creplace ':.*$', ''
            if (Test-Start $id 'tinygateway-codex-') {
                $zone = 'tail'
                if ($file.Tails.Count -eq 0) { $joint = $file.Base.Count }
                $tail = [pscustomobject]@{ Id = $id; Lines = New-Object 'Collections.Generic.List[string]' }
                $tail.Lines.Add($line)
                $file.Tails.Add($tail)
            } else {
                $zone = 'top'
                if ($id -cmatch 'new') { $file.Made = $true }
                if ($id -cmatch 'cut') { $cut = $true }
            }
            continue
        }
        if ($isComment -and (Test-Start $line '# <<< tinygateway')) {
            if ($zone -ceq 'tail') { $tail.Lines.Add($line) }
            $zone = ''
            $fate = 'ours'
            continue
        }
        $mark = ''
        if ($isComment) {
            foreach ($known in $Gone, $Moved, $More) { if (Test-Start $line $known) { $mark = $known } }
        }
        if ($mark -cne '') {
            $fate = 'kept'
            $file.Base.Add($raw[$i].Substring($mark.Length))
            $origins.Add($null)
            $last = $file.Base[$file.Base.Count - 1]
            if ($mark -ceq $Moved) { $movedTexts.Add($last) }
            elseif ($mark -ceq $More -and $movedTexts.Count -gt 0) { $movedTexts[$movedTexts.Count - 1] += "`n" + $last }
            continue
        }
        # Lines that Codex or its user put between our marks are not ours: they stay.
        if ($isComment) {
            $fate = if ($zone -cne '' -and $before -and (Test-Start $line '#')) { 'ours' } else { 'kept' }
        } elseif ($kind -ceq 'h') {
            $inside = $zone -ceq 'tail' -and (Test-Start $path ('model_providers' + $Dot + $id + $Dot))
            $fate = if ($inside) { 'ours' } else { 'kept' }
            if ($zone -ceq 'top') { $zone = '' }
        } elseif ($kind -ceq 's' -and $zone -ceq 'top') {
            $fate = 'copy'
            if ($path -ceq ('model_provider' + $Dot)) {
                $fate = 'ours'
                $file.Earlier = $read[$i].Value -creplace '[ \t\r"'']|#.*', ''
            } elseif ($path -ceq ('model' + $Dot)) { $fate = 'ours' }
            if ($fate -ceq 'copy') { $copy = [pscustomobject]@{ Text = '' } }
        } elseif ($kind -ceq 's') {
            $fate = if ($inside) { 'ours' } else { 'kept' }
        }
        if (-not $isComment) { $before = $false }
        if ($fate -ceq 'ours') {
            if ($zone -ceq 'tail') { $tail.Lines.Add($line) }
            continue
        }
        $file.Base.Add($raw[$i])
        if ($fate -ceq 'copy') {
            $copy.Text += $(if ($kind -ceq 's') { '' } else { "`n" }) + $raw[$i]
            $origins.Add($copy)
        } else { $origins.Add($null) }
    }
    # A copy that still equals the line it was made from is ours; one that was changed since is not.
    for ($i = $file.Base.Count - 1; $i -ge 0; $i--) {
        if ($null -ne $origins[$i] -and $movedTexts.Contains($origins[$i].Text)) {
            $file.Base.RemoveAt($i)
            if ($i -lt $joint) { $joint-- }
        }
    }
    # Without a final line end before us there was none; unless something has been added behind us since.
    if ($raw.Count -gt 0 -and $fate -ceq 'ours') { $final = -not ($cut -and $file.Base.Count -eq $joint) }
    $file.Final = $final -or $file.Base.Count -eq 0
    return $file
}

# --- What stands against us -----------------------------------------------------------------------------------

# Providers that must go: our own, pasted by hand; names that Codex keeps for itself; `wire_api = "chat"`, with
# which Codex no longer starts. And the keys of the top level.
function Find-Doomed($read, $tails) {
    $script:Doomed = New-Object 'Collections.Generic.List[string]'
    $script:Top = New-Object 'Collections.Generic.List[string]'
    foreach ($name in 'openai', 'ollama', 'lmstudio') { $script:Doomed.Add($name) }
    foreach ($tail in $tails) { $script:Doomed.Add($tail.Id) }
    foreach ($line in $read) {
        if ($line.Kind -cne 's') { continue }
        $parts = $line.Path.Split($Dot[0])
        $count = $parts.Length - 1
        if ($count -eq 1) { $script:Top.Add($parts[0]) }
        if ($parts[0] -cne 'model_providers') { continue }
        $isChat = $count -eq 3 -and $parts[2] -ceq 'wire_api' -and $line.Value -cmatch '^[ \t]*["'']chat["'']'
        $isInline = $count -eq 2 -and $line.Value -cmatch '[{, \t]wire_api[ \t]*=[ \t]*["'']chat["'']'
        if ($isChat -or $isInline) { $script:Doomed.Add($parts[1]) }
    }
}

# The fate of a line of the base: '' stays, $Gone is commented out, $Moved goes to the top level.
function Get-Fate($line) {
    $parts = $line.Path.Split($Dot[0])
    $count = $parts.Length - 1
    $first = $parts[0]
    $isProvider = $first -ceq 'model_providers'
    $isDoomed = $isProvider -and $count -gt 1 -and $script:Doomed.Contains($parts[1])
    if ($line.Kind -ceq 'h') {
        $script:Dead = $isProvider -and $count -eq 1 -and $line.Value -ceq '[['
        if ($script:Dead -or $isDoomed) { return $Gone }
        return ''
    }
    if ($script:Dead) { return $Gone }
    if ($isProvider) {
        if ($count -eq 1) { return $Gone }
        $key = if ($count -eq 3) { $parts[2] } else { '' }
        # Below a provider they have no effect, and Codex refuses them.
        if ($key -ceq 'notify' -or $key -ceq 'personality' -or ($isDoomed -and $Globals -ccontains $key)) {
            if (-not $script:Top.Contains($key)) {
                $script:Top.Add($key)
                return $Moved
            }
        }
        if ($isDoomed) { return $Gone }
        return ''
    }
    $key = ''
    if ($count -gt 0) { $key = $parts[$count - 1].ToLowerInvariant() }
    if ($count -eq 2 -and ($first -ceq 'env' -or $first -ceq 'auth') -and $key -ceq 'openai_api_key') { return $Gone }
    if ($count -ne 1) { return '' }
    if ('model_provider', 'model', 'profile', 'preferred_auth_method' -ccontains $first) { return $Gone }
    if ($key -ceq 'openai_api_key' -or $key -ceq 'api_key') { return $Gone }
    if ($first -ceq 'forced_login_method' -and $line.Value -cmatch '^[ \t]*["'']api["'']') { return $Gone }
    if ($line.Value -cmatch '^[ \t]*["'']+sk-') { return $Gone }
    return ''
}

# --- Putting it together --------------------------------------------------------------------------------------

# What is not ours, with its line end or without.
function Join-Base($file) {
    $text = $file.Base -join "`n"
    if ($file.Base.Count -gt 0 -and $file.Final) { $text += "`n" }
    return $file.Bom + $text
}

function Join-File($file, [string]$active) {
    $eol = ''
    if ($file.Base.Count -gt 0 -and $file.Base[0].EndsWith("`r", [StringComparison]::Ordinal)) { $eol = "`r" }
    $read = Read-Toml $file.Base
    Find-Doomed $read $file.Tails
    $script:Dead = $false
    $lifted = New-Object 'Collections.Generic.List[string]'
    $below = New-Object 'Collections.Generic.List[string]'
    $fate = ''
    for ($i = 0; $i -lt $file.Base.Count; $i++) {
        if ($read[$i].Kind -ceq 'c') { $fate = '' }
        elseif ($read[$i].Kind -cne '+') { $fate = Get-Fate $read[$i] }
        $prefix = if ($fate -ceq $Moved -and $read[$i].Kind -ceq '+') { $More } else { $fate }
        if ($fate -ceq $Moved) { $lifted.Add($file.Base[$i]) }
        $below.Add($prefix + $file.Base[$i])
    }
    $flags = $(if ($file.Made) { ' new' } else { '' }) + $(if ($file.Final) { '' } else { ' cut' })
    $out = New-Object 'Collections.Generic.List[string]'
    $out.Add("# >>> tinygateway${flags}: written by the install script; --undo takes it away" + $eol)
    $out.Add('model_provider = "' + $active + '"' + $eol)
    $out.Add('model = "' + $Model + '"' + $eol)
    $out.AddRange($lifted)
    $out.Add('# <<< tinygateway' + $eol)
    $out.AddRange($below)
    foreach ($tail in $file.Tails) { foreach ($line in $tail.Lines) { $out.Add($line + $eol) } }
    return $file.Bom + ($out -join "`n") + "`n"
}

# Takes our block out of $file and, unless -Undo is given, puts the present one in.
function Edit-File($file) {
    for ($i = $file.Tails.Count - 1; $i -ge 0; $i--) {
        if ($file.Tails[$i].Id -ceq $Provider) { $file.Tails.RemoveAt($i) }
    }
    if (-not $Undo) {
        $tail = [pscustomobject]@{ Id = $Provider; Lines = New-Object 'Collections.Generic.List[string]' }
        $tail.Lines.Add("# >>> tinygateway ${Provider}: it contains your token, do not forward it")
        foreach ($line in $Block.Replace("`r", '').Split("`n")) { $tail.Lines.Add($line) }
        $tail.Lines.Add("# <<< tinygateway $Provider")
        $file.Tails.Add($tail)
        return Join-File $file $Provider
    }
    if ($file.Tails.Count -eq 0) { return Join-Base $file }
    $active = $file.Tails[$file.Tails.Count - 1].Id
    foreach ($tail in $file.Tails) { if ($tail.Id -ceq $file.Earlier) { $active = $tail.Id } }
    return Join-File $file $active
}

# --- The file itself ------------------------------------------------------------------------------------------

# Where the bytes are: the file itself, behind any number of links.
function Resolve-Link([string]$path) {
    for ($hops = 0; $hops -lt 40; $hops++) {
        $item = Get-Item -LiteralPath $path -Force -ErrorAction SilentlyContinue
        if ($null -eq $item -or $item.LinkType -cne 'SymbolicLink') { return $path }
        $path = [IO.Path]::Combine([IO.Path]::GetDirectoryName($path), [string]@($item.Target)[0])
    }
    throw "$path is a link that leads back to itself"
}

# A copy of the file as it is, never over another one.
function Backup-File([string]$config, [string]$target) {
    $stamp = $config + '.' + [DateTime]::UtcNow.ToString('yyyyMMddTHHmmssZ')
    $backup = "$stamp.bak"
    for ($count = 2; Test-Path -LiteralPath $backup; $count++) { $backup = "$stamp-$count.bak" }
    [IO.File]::WriteAllBytes($backup, [IO.File]::ReadAllBytes($target))
    return $backup
}

# Takes the place of the file in one step; a file that was read-only stays so.
function Write-File([string]$target, [string]$text) {
    $fresh = [IO.Path]::Combine([IO.Path]::GetDirectoryName($target), '.config.toml.' + [IO.Path]::GetRandomFileName())
    [IO.File]::WriteAllBytes($fresh, $Bytes.GetBytes($text))
    try {
        if (Test-Path -LiteralPath $target) {
            $item = Get-Item -LiteralPath $target -Force
            $isReadOnly = $item.IsReadOnly
            $item.IsReadOnly = $false
            [IO.File]::Replace($fresh, $target, [NullString]::Value)
            (Get-Item -LiteralPath $target -Force).IsReadOnly = $isReadOnly
        } else { [IO.File]::Move($fresh, $target) }
    } finally {
        if (Test-Path -LiteralPath $fresh) { [IO.File]::Delete($fresh) }
    }
}

function Write-Hint([string]$folder) {
    $auth = Join-Path $folder 'auth.json'
    if ($Login -ceq 'true' -and (Test-Path -LiteralPath $auth)) {
        if ([IO.File]::ReadAllText($auth) -cmatch '"OPENAI_API_KEY"\s*:\s*"') {
            Write-Host "Note: $auth holds an API key. This service uses your ChatGPT login: codex logout, codex login."
        }
    }
    if ($Login -ceq 'false' -and $env:OPENAI_API_KEY) {
        Write-Host 'Note: OPENAI_API_KEY is set in this shell. This service needs none; better remove it.'
    }
}

function Install-Block {
    $folder = $env:CODEX_HOME
    if (-not $folder) { $folder = Join-Path ([Environment]::GetFolderPath('UserProfile')) '.codex' }
    $folder = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($folder)
    $config = [IO.Path]::Combine($folder, 'config.toml')
    $target = Resolve-Link $config
    if (Test-Path -LiteralPath $target -PathType Container) { throw "$target is not a file" }
    $exists = Test-Path -LiteralPath $target
    if (-not $exists -and $Undo) {
        Write-Host "There is no ${config}: nothing to undo."
        return
    }
    $old = ''
    if ($exists) { $old = $Bytes.GetString([IO.File]::ReadAllBytes($target)) }
    if ($old.Contains([string][char]0)) { throw "$config holds NUL bytes; nothing was changed" }
    $before = Split-File $old (-not $exists)
    $base = Join-Base $before
    $new = Edit-File $before
    # The new text must give back, byte for byte, what was not ours in the old one.
    # (-ceq would pass over characters that have no weight in sorting.)
    if (-not [string]::Equals((Join-Base (Split-File $new $false)), $base)) {
        throw "cannot edit $config without loss, please edit it by hand; nothing was changed"
    }
    if ($exists -and [string]::Equals($old, $new)) {
        Write-Host "${config}: nothing to change."
        return
    }
    if ($exists) { $backup = Backup-File $config $target }
    if ($Undo -and $new -ceq '' -and $before.Made) {
        [IO.File]::Delete($target)
        Write-Host "Removed $config, which the install script had made. Backup: $backup"
        return
    }
    [void][IO.Directory]::CreateDirectory($folder)
    [void][IO.Directory]::CreateDirectory([IO.Path]::GetDirectoryName($target))
    Write-File $target $new
    if ($Undo) { Write-Host "Removed $Provider from $config" }
    else { Write-Host "Codex now uses ${Provider}: $config" }
    if ($exists) { Write-Host "Backup: $backup" }
    if (-not $Undo) {
        Write-Hint $folder
        Write-Host 'Start Codex again, or a new session. To go back: the same command with -Undo'
    }
}

try { Install-Block }
catch {
    [Console]::Error.WriteLine('tinygateway: ' + $_.Exception.Message)
    exit 1
}
