"""Whatever stands in the file, the verifier says which refusal it is; it never fails in another way."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contracts import bundle_fixtures as made
from workbench.bundle.manifest import decode_manifest, encode_manifest, is_member_name
from workbench.bundle.trust import decode_trust
from workbench.bundle.verify import Expectation, Refusal, open_bundle, verify_bundle
from workbench.core.codec import encode_canonical
from workbench.core.errors import BundleRejected, InputError

TRUST = made.make_root()
GOOD = made.make_tiny_bundle()
CONTENTS = made.make_contents()
MANIFEST: dict[str, object] = msgspec.to_builtins(made.build_manifest(CONTENTS))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
REASONS = {reason.value for reason in Refusal}


def outcome_of(data: bytes) -> str:
    try:
        verify_bundle(data, TRUST, Expectation())
    except BundleRejected as refusal:
        assert refusal.reason in REASONS
        return refusal.reason
    return "verified"


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_refused(data):
    assert outcome_of(data) != "verified"
    assert outcome_of(b"PK\x03\x04" + data) != "verified"


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=8))
def test_any_few_bytes_written_over_a_bundle_are_refused(position, patch):
    changed = GOOD[:position] + patch + GOOD[position + len(patch) :]
    assert (outcome_of(changed) == "verified") == (changed == GOOD)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(GOOD)), st.integers(0, len(GOOD)), st.binary(max_size=8))
def test_a_part_replaced_or_repeated_is_refused(start, end, middle):
    changed = GOOD[:start] + middle + GOOD[end:]
    assert (outcome_of(changed) == "verified") == (changed == GOOD)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(MANIFEST)), JSON)
def test_a_signed_manifest_with_any_value_in_any_field_fails_in_words_only(name, value):
    data = made.sign_manifest(encode_canonical({**MANIFEST, name: value}), dict(CONTENTS.members))
    assert outcome_of(data) in REASONS | {"verified"}


@settings(max_examples=100, deadline=None)
@given(JSON)
def test_signed_json_of_any_form_is_refused(value):
    assert outcome_of(made.sign_manifest(encode_canonical(value), dict(CONTENTS.members))) != "verified"


def test_json_nested_a_hundred_thousand_deep_is_refused():
    for text in (b"[" * 100_000, b'{"schema":' * 100_000, b'{"x":' * 100_000):
        data = made.sign_manifest(text, dict(CONTENTS.members))
        assert outcome_of(data) == Refusal.MALFORMED
        assert open_fails(data)


def open_fails(data: bytes) -> bool:
    try:
        open_bundle(data)
    except BundleRejected:
        return True
    return False


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_trust_files_of_any_bytes_are_refused_in_words(data):
    try:
        decode_trust(data)
    except InputError:
        return
    raise AssertionError(data)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=20))
def test_a_member_name_never_leaves_its_folder(name):
    if is_member_name(name):
        assert not set(name) & set("/\\:") and ".." not in name and name == name.lower() and name.isascii()


def test_a_manifest_is_read_back_as_it_was_written():
    manifest = made.build_manifest(CONTENTS)
    assert decode_manifest(encode_manifest(manifest)) == manifest
