"""A standard SMP tool talks to our agent: smpclient's own client, over our byte transports."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from smpclient import SMPClient
from smpclient.exceptions import SMPUploadError
from smpclient.generics import success
from smpclient.requests.image_management import ImageErase, ImageStatesRead, ImageStatesWrite
from smpclient.requests.os_management import BootloaderInformationRead, EchoWrite, MCUMgrParametersRead, ResetWrite

from tests.services.device_fixtures import Site, make_update
from tests.unit.smpclient_bridge import BridgeTransport


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))
    return Site.make(tmp_path)


@pytest.fixture
def port(site: Site) -> Iterator[str]:
    site.install_old()
    with site.device() as port:
        yield port


def client_of(port: str) -> SMPClient:
    return SMPClient(BridgeTransport(), port)


def test_echo_parameters_and_bootloader_are_the_standards(port: str) -> None:
    async def talk() -> tuple[object, ...]:
        async with client_of(port) as client:
            echo = await client.request(EchoWrite(d="pump"))
            parameters = await client.request(MCUMgrParametersRead())
            bootloader = await client.request(BootloaderInformationRead())
        assert success(echo) and success(parameters) and success(bootloader)
        return echo.r, parameters.buf_size, parameters.buf_count, bootloader.bootloader

    assert asyncio.run(talk()) == ("pump", 4096, 8, "pump-edge")


def test_an_image_is_uploaded_tested_and_confirmed_by_a_standard_client(port: str, site: Site) -> None:
    image = site.new.read_bytes()
    digest = hashlib.sha256(image).digest()

    async def talk() -> list[int]:
        async with client_of(port) as client:
            offsets = [offset async for offset in client.upload(image, upgrade=False)]
            assert success(await client.request(ImageStatesWrite(hash=digest)))
            assert success(await client.request(ResetWrite()))
            await asyncio.sleep(0.4)
            states = await client.request(ImageStatesRead())
            assert success(states)
            assert [state.hash for state in states.images if state.active] == [digest]
            confirmed = await client.request(ImageStatesWrite(hash=digest, confirm=True))
            assert success(confirmed)
        return offsets

    offsets = asyncio.run(talk())
    assert offsets[-1] == len(image)
    assert site.running() == 4
    assert site.record().confirmed == site.record().active


def test_a_standard_client_is_refused_a_bundle_that_nobody_signed_for_this_device(port: str, site: Site) -> None:
    image = make_update(4, boards=("another",))

    async def talk() -> None:
        async with client_of(port) as client:
            async for _ in client.upload(image):
                continue

    with pytest.raises(SMPUploadError):
        asyncio.run(talk())
    assert site.running() == 3


def test_an_error_of_the_image_group_is_read_as_one(port: str) -> None:
    async def talk() -> object:
        async with client_of(port) as client:
            return await client.request(ImageErase(slot=0))

    answer = asyncio.run(talk())
    assert answer.err.rc == 14  # type: ignore[attr-defined]
