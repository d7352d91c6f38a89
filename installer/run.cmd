@echo off
rem Sets up and runs the main job. "py" is the launcher that Python for Windows brings.
py -3 "%~dp0setup.py" run %*
