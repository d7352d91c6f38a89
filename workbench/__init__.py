"""Pump Workbench: from a pump's sensor log to a verified model on the device beside it, and back, offline."""

import os

# onnxruntime's own releases send usage events home and leave an identifier of the machine on disk unless this is said before
# it is loaded; its API can only stop later events. No network, ever: no choice is offered.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
