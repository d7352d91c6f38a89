# Sets up and runs the whole test suite. The same as test.cmd; where PowerShell refuses scripts, start that one.
& (Join-Path $PSScriptRoot "test.cmd") @args
exit $LASTEXITCODE
