@echo off
rem Sets up and runs the main job. With Python's own launcher "py", else with the "python" on the path.
setlocal
set "PYTHON="
where /q py && set "PYTHON=py -3"
if not defined PYTHON (where /q python && set "PYTHON=python")
if not defined PYTHON (
    echo Python 3.11 or newer is needed. Install it from python.org, for yourself alone if you like, then start this again. 1>&2
    exit /b 2
)
%PYTHON% "%~dp0setup.py" run %*
exit /b %ERRORLEVEL%
