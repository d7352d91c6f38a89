@echo off
rem Sets up and runs the whole test suite.
py -3 "%~dp0setup.py" test %*
