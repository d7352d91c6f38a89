# Sets up and runs the whole test suite.
& py -3 (Join-Path $PSScriptRoot "setup.py") test @args
exit $LASTEXITCODE
