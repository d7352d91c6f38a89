"""Sets up Pump Workbench: virtual environment, locked dependencies, Qt's system libraries. Then runs it or its tests.

    python3 installer/setup.py run  [ARGUMENTS of `workbench demo`; --window opens the window on the result]
    python3 installer/setup.py test [ARGUMENTS of pytest]

Only the standard library is used here. What it does is said; nothing outside the checkout is changed but system packages,
and those only as root. It works again without a network once set up.
"""

from __future__ import annotations

import ctypes.util
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "installer" / "locks" / "requirements.txt"
MINIMUM = (3, 11)
# Library looked for at run time -> Debian package that brings it.
QT_OFFSCREEN = {
    "GL": "libgl1", "EGL": "libegl1", "xkbcommon": "libxkbcommon0", "glib-2.0": "libglib2.0-0", "freetype": "libfreetype6",
    "fontconfig": "libfontconfig1", "dbus-1": "libdbus-1-3", "gssapi_krb5": "libgssapi-krb5-2",
}  # fmt: skip
QT_SCREEN = {
    "xkbcommon-x11": "libxkbcommon-x11-0", "xcb-cursor": "libxcb-cursor0", "xcb-icccm": "libxcb-icccm4",
    "xcb-keysyms": "libxcb-keysyms1", "xcb-shape": "libxcb-shape0",
}  # fmt: skip
TEST_PROGRAMS = {"Xvfb": "xvfb", "xauth": "xauth"}
FONT = ("fonts-inter", ("/usr/share/fonts/opentype/inter", "/usr/share/fonts/truetype/inter"))


def main() -> int:
    """Set up, then do what was asked."""
    speak_plainly()
    words = sys.argv[1:]
    if not words or words[0] not in ("run", "test", "setup"):
        print(__doc__)
        return 2
    if sys.version_info < MINIMUM:
        print(
            f"Python {platform.python_version()} is too old. Install Python 3.11 or newer and start this again.", file=sys.stderr
        )
        return 2
    if not set_up(for_tests=words[0] == "test"):
        return 2
    if words[0] == "setup":
        return 0
    return run_demo(words[1:]) if words[0] == "run" else run_tests(words[1:])


def speak_plainly() -> None:
    """A sign that the console's or the log's encoding lacks becomes a question mark, not an error."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def set_up(*, for_tests: bool) -> bool:
    """Environment, dependencies, system libraries; what is there already is left alone."""
    if not system_packages(for_tests=for_tests):
        return False
    return virtual_environment() and dependencies()


def virtual_environment() -> bool:
    """Make .venv in the checkout unless it is there."""
    if (
        python().is_file()
        and subprocess.run([python(), "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0
    ):
        return True
    say(f"Making the virtual environment {environment()}")
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(environment())], check=False)
    if made.returncode != 0:
        hint = " On Debian: apt-get install python3-venv" if sys.platform == "linux" else ""
        print(f"The environment could not be made; see above.{hint}", file=sys.stderr)
    return made.returncode == 0


def dependencies() -> bool:
    """Install the locked set unless this very lock is installed already."""
    stamp = environment() / ".installed"
    wanted = hashlib.sha256(LOCK.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return True
    say(f"Installing the locked dependencies ({LOCK.relative_to(ROOT)}); a minute or two")
    wheelhouse = os.environ.get("WORKBENCH_WHEELHOUSE")
    offline = ["--no-index", "--find-links", wheelhouse] if wheelhouse else []
    pip = [str(python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *offline]
    for step in (["-r", str(LOCK)], ["--no-deps", "--no-build-isolation", "-e", str(ROOT)]):
        if subprocess.run([*pip, *step], check=False).returncode != 0:
            print(
                "The dependencies could not be installed. A network (or a folder of wheels in WORKBENCH_WHEELHOUSE) is "
                "needed the first time; start this again then.", file=sys.stderr,
            )  # fmt: skip
            return False
    stamp.write_text(wanted, encoding="utf-8")
    return True


def system_packages(*, for_tests: bool) -> bool:
    """Qt's libraries on Linux: installed when root, otherwise named with the exact command."""
    if sys.platform != "linux":
        return True
    missing = missing_packages(for_tests=for_tests)
    if not missing:
        return True
    command = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    if shutil.which("apt-get") is None:
        print(f"These libraries are missing (Debian's names): {' '.join(missing)}. Install them with your package manager.")
        return True
    if os.geteuid() != 0:
        print(f"Qt needs system libraries that are missing. Run this once, then start again:\n\n    sudo {' '.join(command)}\n")
        return False
    say(f"Installing system packages: {' '.join(missing)}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["apt-get", "update", "-qq"], [*command, "-qq"]):
        if subprocess.run(step, env=quiet, stdout=subprocess.DEVNULL, check=False).returncode != 0:
            print(f"'{' '.join(step)}' failed; see above.", file=sys.stderr)
            return False
    return True


def missing_packages(*, for_tests: bool) -> list[str]:
    """Debian packages whose library, program or font isn't found."""
    libraries = {**QT_OFFSCREEN, **QT_SCREEN}
    missing = [
        package for library, package in libraries.items() if ctypes.util.find_library(library) is None and not has_file(library)
    ]
    if for_tests:
        missing += [package for program, package in TEST_PROGRAMS.items() if shutil.which(program) is None]
    package, folders = FONT
    if not any(Path(folder).is_dir() for folder in folders):
        missing.append(package)
    return missing


def has_file(library: str) -> bool:
    """Whether the shared library lies where Debian puts it: `find_library` needs ldconfig or a compiler, which may be absent."""
    places = [*Path("/usr/lib").glob("*-linux-gnu*"), Path("/usr/lib"), Path("/usr/lib64"), *Path("/lib").glob("*-linux-gnu*")]
    return any(True for place in places for _ in place.glob(f"lib{library}.so*"))


def run_demo(words: list[str]) -> int:
    """The whole loop on sample pumps; with --window the window opens on its result."""
    wants_window = "--window" in words
    words = [word for word in words if word != "--window"]
    if not any(word.startswith("--out") for word in words):
        words += ["--out", str(ROOT / "demo-out")]
    mode = [] if wants_window else ["--headless"]
    say("Running the demo: log → model → device → log (under 3 minutes)")
    return subprocess.run(
        [str(python()), "-m", "workbench", "demo", *mode, *words], env=environment_variables(), check=False
    ).returncode


def run_tests(words: list[str]) -> int:
    """Linters, types, layers, then the whole suite."""
    checks = [
        ["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"], ["lint-imports"],
    ]  # fmt: skip
    for check in checks:
        say(" ".join(check))
        if subprocess.run([str(python().with_name(executable(check[0]))), *check[1:]], cwd=ROOT, check=False).returncode != 0:
            return 1
    say("pytest")
    workers = (
        [] if any(word.startswith("-n") for word in words) else ["-n", str(min(4, os.cpu_count() or 2)), "--dist", "loadfile"]
    )
    command = [str(python()), "-m", "pytest", *workers, *words]
    return subprocess.run(
        command, cwd=ROOT, env={**environment_variables(), "QT_QPA_PLATFORM": "offscreen"}, check=False
    ).returncode


def environment() -> Path:
    """The virtual environment's folder; WORKBENCH_VENV moves it."""
    return Path(os.environ.get("WORKBENCH_VENV", ROOT / ".venv"))


def python() -> Path:
    """The environment's interpreter."""
    return environment() / ("Scripts" if os.name == "nt" else "bin") / executable("python")


def executable(name: str) -> str:
    """A program's file name on this system."""
    return f"{name}.exe" if os.name == "nt" else name


def environment_variables() -> dict[str, str]:
    """The person's environment, in UTF-8, without a screen where there is none."""
    variables = {**os.environ, "PYTHONUTF8": "1"}
    if sys.platform == "linux" and not (variables.get("DISPLAY") or variables.get("WAYLAND_DISPLAY")):
        variables.setdefault("QT_QPA_PLATFORM", "offscreen")
    return variables


def say(text: str) -> None:
    """Tell the person what happens now."""
    print(f"» {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
