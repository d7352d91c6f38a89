# Sets up and runs the main job. "py" is the launcher that Python for Windows brings.
& py -3 (Join-Path $PSScriptRoot "setup.py") run @args
exit $LASTEXITCODE
