# Sets up and runs the main job. The same as run.cmd; where PowerShell refuses scripts, start that one.
& (Join-Path $PSScriptRoot "run.cmd") @args
exit $LASTEXITCODE
