"""The bill of materials (CycloneDX 1.6, ECMA-424, as JSON) and the provenance (in-toto Statement 1, SLSA provenance 1).

Both name the model by its hash, what it was trained on, and the software that made it. No time of making and no random
serial number: the serial number is derived from the contents, so a bundle built twice is identical.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from workbench.core.codec import encode_canonical

CYCLONEDX_VERSION = "1.6"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://slsa.dev/provenance/v1"
BUILD_TYPE = "https://pump-workbench.invalid/train-and-package/v1"
_TASKS = {"anomaly": "anomaly-detection", "classify": "classification", "rul": "regression"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Materials:
    """What a model was made of. `data` maps a recording's name to its id, `software` a package to its version."""

    name: str
    release: int
    task: str
    family: str
    variant: str
    model_sha256: str
    run: str
    data: Mapping[str, str] = field(default_factory=dict)
    software: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    """Whatever else determines the result: seed, recipe's hash, machine."""


def build_bom(materials: Materials) -> bytes:
    """Canonical JSON of a CycloneDX 1.6 ML-BOM."""
    model = _model_component(materials)
    libraries = [_library(name, version) for name, version in sorted(materials.software.items())]
    references = [_reference_of(name, version) for name, version in sorted(materials.software.items())]
    return encode_canonical(
        {
            "bomFormat": "CycloneDX",
            "specVersion": CYCLONEDX_VERSION,
            "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, materials.model_sha256 + str(materials.release))}",
            "version": 1,
            "metadata": {"component": model},
            "components": [*[_data_component(name, digest) for name, digest in sorted(materials.data.items())], *libraries],
            "dependencies": [
                {"ref": model["bom-ref"], "dependsOn": [*[f"data:{name}" for name in sorted(materials.data)], *references]}
            ],
        }
    )


def build_provenance(materials: Materials) -> bytes:
    """Canonical JSON of an in-toto Statement about `model.onnx`."""
    return encode_canonical(
        {
            "_type": STATEMENT_TYPE,
            "subject": [{"name": "model.onnx", "digest": {"sha256": materials.model_sha256}}],
            "predicateType": PREDICATE_TYPE,
            "predicate": {
                "buildDefinition": {
                    "buildType": BUILD_TYPE,
                    "externalParameters": {"run": materials.run, "variant": materials.variant, "release": materials.release},
                    "internalParameters": dict(sorted(materials.parameters.items())),
                    "resolvedDependencies": [
                        {"name": name, "digest": {"sha256": digest}} for name, digest in sorted(materials.data.items())
                    ],
                },
                "runDetails": {"builder": {"id": BUILD_TYPE, "version": dict(sorted(materials.software.items()))}},
            },
        }
    )


def _model_component(materials: Materials) -> dict[str, object]:
    metrics = [{"type": name, "value": repr(value)} for name, value in sorted(materials.metrics.items())]
    return {
        "bom-ref": f"model:{materials.model_sha256[:16]}",
        "type": "machine-learning-model",
        "name": materials.name,
        "version": str(materials.release),
        "hashes": [{"alg": "SHA-256", "content": materials.model_sha256}],
        "modelCard": {
            "modelParameters": {
                "task": _TASKS.get(materials.task, materials.task),
                "architectureFamily": materials.family,
                "modelArchitecture": materials.variant,
                "datasets": [{"ref": f"data:{name}"} for name in sorted(materials.data)],
            },
            "quantitativeAnalysis": {"performanceMetrics": metrics},
        },
    }


def _data_component(name: str, digest: str) -> dict[str, object]:
    return {
        "bom-ref": f"data:{name}",
        "type": "data",
        "name": name,
        "data": [{"type": "dataset", "name": name, "classification": "operational"}],
        "hashes": [{"alg": "SHA-256", "content": digest}],
    }


def _library(name: str, version: str) -> dict[str, object]:
    return {"bom-ref": _reference_of(name, version), "type": "library", "name": name, "version": version}


def _reference_of(name: str, version: str) -> str:
    return f"pkg:pypi/{name}@{version}"
