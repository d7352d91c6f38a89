"""A description: what it may say, and that nothing is opened by reading it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

sqlalchemy = pytest.importorskip("sqlalchemy", reason="the plugin needs SQLAlchemy")

from historian_cases import LONG, SOURCE, config_file  # noqa: E402
from historian_sql.config import load_config  # noqa: E402

from workbench.api import InputError, SourceAsk  # noqa: E402


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('url = "postgresql+psycopg://u:secret@db/x"\ntable = "t"\ntime = "ts"\ntag = "a"\nvalue = "b"', "holds a password"),
        ('url = "postgresql+psycopg://u@a,b/x"\ntable = "t"\ntime = "ts"\ntag = "a"\nvalue = "b"', "not the name of one machine"),
        ('url = "postgresql+psycopg://u@db/x?host=evil"\ntable = "t"\ntime = "ts"\ntag = "a"\nvalue = "b"', "options"),
        ('url = "postgresql+psycopg:///x"\ntable = "t"\ntime = "ts"\ntag = "a"\nvalue = "b"', "not the name of one machine"),
        ('url = "http://db/x"\ntable = "t"\ntime = "ts"\ntag = "a"\nvalue = "b"', "none of"),
        ('url = "sqlite:///a.db"\ntable = "t"\ntime = "ts"', "needs the names of its columns"),
        ('url = "sqlite:///a.db"\ntable = "t"\ntime = "ts"\npassword = "x"', "there is no 'password'"),
        ('table = "t"\ntime = "ts"', "'url' is missing"),
    ],
)
def test_a_description_that_can_not_be_is_refused_with_its_fault(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(InputError, match=fault):
        load_config(config_file(tmp_path, text))


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("mysql+pymysql://10.0.0.5#@evil.example/db", "signs that are not allowed"),
        ("mysql+pymysql://10.0.0.5:3306#x@evil.example/db", "signs that are not allowed"),
        ("mysql+pymysql://10.0.0.5?driver=@evil.example/db", "signs that are not allowed"),
        ("mssql+pyodbc://reader@10.0.0.5/db?driver=/tmp/evil.so", "signs that are not allowed"),
        ("mssql+pyodbc://reader@10.0.0.5/db?driver=%2Ftmp%2Fevil.so", "its driver is '/tmp/evil.so'"),
        ("mssql+pyodbc://reader@10.0.0.5?driver=FreeTDS", "names no database"),
        ("oracle+oracledb://reader@10.0.0.5/?service_name=a)(b=c)", "its service_name is"),
        ("sqlite:////" + "/evil/share/x.db", "lies on another machine"),
        ("postgresql+psycopg://[::1/x", "can't be read"),
    ],
)
def test_an_address_that_leads_elsewhere_than_it_says_is_refused(tmp_path: Path, url: str, fault: str) -> None:
    text = f'url = "{url}"\ntable = "t"\ntime = "ts"\ntag = "a"\nvalue = "b"'
    with pytest.raises(InputError, match=re.escape(fault)):
        SOURCE.describe(config_file(tmp_path, text))


@pytest.mark.parametrize(
    "url",
    [
        "mssql+pyodbc://PLANT%5Creader@10.0.0.5:1433/history?driver=ODBC+Driver+18+for+SQL+Server",
        "oracle+oracledb://reader@10.0.0.5:1521/?service_name=HIST.plant.local",
        "postgresql+psycopg://reader@historian-1.plant.local/plant_history?sslmode=verify-full",
    ],
)
def test_addresses_as_they_are_written_are_taken(tmp_path: Path, url: str) -> None:
    text = f'url = "{url}"\ntable = "t"\ntime = "ts"\ntag = "a"\nvalue = "b"'
    assert SOURCE.describe(config_file(tmp_path, text)).host == sqlalchemy.make_url(url).host


@pytest.mark.parametrize("more", ["zone = 3", "columns = 3", "tags = [1]", 'units = ["bar"]', "name = []"])
def test_a_value_of_another_kind_is_refused_with_its_name(tmp_path: Path, more: str) -> None:
    text = f'url = "sqlite:///a.db"\ntable = "t"\ntime = "ts"\ntag = "a"\nvalue = "b"\n{more}'
    with pytest.raises(InputError, match=f"{more.split()[0]} is not of its kind"):
        SOURCE.describe(config_file(tmp_path, text))


def test_a_description_that_names_another_machine_after_it_was_agreed_to_is_not_followed(tmp_path: Path) -> None:
    url = "postgresql+psycopg://reader@127.0.0.2/plant"
    config = config_file(tmp_path, LONG.format(url=url, table="history", more=""))
    ask = SourceAsk(config=config, start_ns=0, end_ns=1, host="127.0.0.1", address="127.0.0.1")
    with pytest.raises(InputError, match=r"is now at 127\.0\.0\.2; it was agreed to 127\.0\.0\.1"):
        list(SOURCE.read(ask))


def test_a_file_name_with_options_of_a_url_is_a_file_name(tmp_path: Path) -> None:
    config = config_file(tmp_path, LONG.format(url=f"sqlite:///{tmp_path.as_posix()}/made.db?mode=rwc&x=", table="h", more=""))
    with pytest.raises(InputError):
        list(SOURCE.read(SourceAsk(config=config, start_ns=0, end_ns=1)))
    assert [one.name for one in tmp_path.iterdir()] == ["historian.toml"]


def test_describing_a_source_opens_nothing_and_names_the_machine(tmp_path: Path) -> None:
    url = "postgresql+psycopg://reader@historian.havsule.local:5432/plant"
    facts = SOURCE.describe(config_file(tmp_path, LONG.format(url=url, table="history", more="")))
    assert (facts.host, facts.opens) == ("historian.havsule.local", "opens a read-only connection to a database")
