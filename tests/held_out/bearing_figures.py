"""Whether the envelope names the right part on measured bearings: `python -m tests.held_out.bearing_figures FOLDER`.

FOLDER holds the files of the fault data set of the Society for Machinery Failure Prevention Technology (MFPT; Bechhoefer 2013):
`baseline_*.mat`, `InnerRaceFault_vload_*.mat` and `OuterRaceFault_*.mat`, anywhere below it. They are brought in as a person
would: dated and given their unit by answers, the bearing by its designation, the speed typed, nothing else.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from workbench.core.jobs import Job
from workbench.services.analysis_envelope import EnvelopeRequest, EnvelopeResult, log_envelope
from workbench.services.logs import ImportRequest, import_logs
from workbench.services.machine import MachineRequest, machine

BEARING, SPEED_RPM = "NICE (MFPT)", 1500.0
PARTS = {"baseline": "", "InnerRace": "BPFI", "OuterRace": "BPFO"}
ANSWERS = ("TIME_RELATIVE=2013-02-01T10:00:00Z", "UNIT_UNKNOWN=g")


def envelope_of(path: Path, project: str) -> EnvelopeResult:
    """The envelope of one file, in a project of its own rig."""
    asset = path.stem
    import_logs(ImportRequest(paths=(str(path),), project=project, asset=asset, answer=ANSWERS), Job())
    machine(MachineRequest(project=project, asset=asset, speed_rpm=SPEED_RPM, bearing=BEARING), Job())
    return log_envelope(EnvelopeRequest(project=project, asset=asset, channel="gs"), Job())


def main() -> None:
    """A line a file, and how many were right."""
    found = {path.stem: path for path in Path(sys.argv[1]).rglob("*.mat") if any(map(path.stem.startswith, PARTS))}
    n_first = n_alone = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, path in sorted(found.items()):
            result = envelope_of(path, folder)
            part = next(part for prefix, part in PARTS.items() if name.startswith(prefix))
            said = result.stands_out
            n_first += (said[:1] == (part,)) if part else not said
            n_alone += said == ((part,) if part else ())
            band = f"{result.band_low_hz:,.0f} to {result.band_high_hz:,.0f} Hz"
            print(f"{name:26} {band:22} said: {', '.join(said) or 'none':18} {'; '.join(result.outshone)}")
    print(f"{len(found)} files: the right part first (or none) in {n_first}, and no other beside it in {n_alone}")


if __name__ == "__main__":
    main()
