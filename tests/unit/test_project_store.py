from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from workbench.core.errors import DiskFull, InputError, ObjectCorrupt, ProjectError, ProjectLocked, ProjectTooNew
from workbench.project import owned_folders
from workbench.project.acts import Act, Item
from workbench.project.catalog import Catalog
from workbench.project.lock import write_lock
from workbench.project.store import Project

N_KILLS = 12
WRITER = """
import sys
from pathlib import Path
from workbench.project.acts import Act, Item
from workbench.project.store import Project
with Project.open(Path(sys.argv[1])) as project:
    for number in range(100000):
        sha = project.objects.put_bytes("recipe", f"{sys.argv[2]}-{number}".encode())
        project.record(Act(act="recipe", what=str(number), item=Item(kind="recipe", id=sha)))
        print(sha, flush=True)
"""


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.open(tmp_path / "station", who="I. Aas") as opened:
        yield opened


def add(project: Project, text: str, *, refs: tuple[str, ...] = ()) -> str:
    name = project.objects.put_bytes("recipe", text.encode())
    project.record(Act(act="recipe", what=text, on="P-1", item=Item(kind="recipe", id=name, name=text, asset="P-1", refs=refs)))
    return name


def journal_file(project: Project) -> Path:
    return next((project.root / "journal").glob("*.jsonl"))


def test_what_was_recorded_is_found_again(project: Project) -> None:
    name = add(project, "one")
    with Project.open(project.root) as again:
        assert [item.id for item in again.items("recipe")] == [name]
        assert again.objects.get_bytes("recipe", name) == b"one"
        assert again.lines()[0].line.who == "I. Aas"


def test_the_same_bytes_are_stored_once(project: Project) -> None:
    assert add(project, "one") == add(project, "one")
    assert len(project.items("recipe")) == 1


def test_an_item_is_found_by_the_beginning_of_its_id(project: Project) -> None:
    name = add(project, "one")
    assert project.item("recipe", name[:8]).id == name
    with pytest.raises(InputError, match="no recipe"):
        project.item("recipe", "zzz")


def test_a_damaged_object_is_refused_and_named(project: Project) -> None:
    name = add(project, "one")
    project.objects.path_of("recipe", name).write_bytes(b"two")
    with pytest.raises(ObjectCorrupt):
        project.objects.get_bytes("recipe", name)
    assert any(name[:12] in problem for problem in project.check())


def test_a_tree_is_stored_whole_and_checked_by_member(project: Project) -> None:
    with project.objects.staging("run") as folder:
        (folder / "sub").mkdir()
        (folder / "sub" / "a").write_bytes(b"1")
        name = project.objects.put_tree("run", folder)
    project.record(Act(act="train", what="run", item=Item(kind="run", id=name)))
    assert project.check() == []
    (project.objects.tree_path("run", name) / "sub" / "a").write_bytes(b"2")
    assert any("sub/a" in problem for problem in project.check())


def test_a_disk_that_breaks_its_promise_of_room_is_full_and_the_tree_is_not_stored(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    def no_room(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(DiskFull) as caught, project.objects.staging("recording") as folder:
        (folder / "a.bin").write_bytes(b"x" * 1000)
        monkeypatch.setattr(os, "fsync", no_room)
        project.objects.put_tree("recording", folder)
    assert caught.value.message == f"The disk with {project.root} is full."
    assert not list(project.root.glob("objects/recording/*/*"))
    assert not list(project.root.glob("staging/*"))


def test_what_is_left_in_staging_is_removed(project: Project) -> None:
    with pytest.raises(RuntimeError), project.objects.staging("run") as folder:
        (folder / "a").write_bytes(b"1")
        raise RuntimeError
    assert not folder.exists()


@pytest.mark.parametrize("kind_and_name", [("recipe", "../../etc/passwd"), ("../x", "0" * 64), ("recipe", "0" * 63)])
def test_names_that_are_no_hashes_are_refused(project: Project, kind_and_name: tuple[str, str]) -> None:
    with pytest.raises(ProjectError):
        project.objects.path_of(*kind_and_name)


def test_the_index_is_made_anew_when_it_is_damaged_or_gone(project: Project) -> None:
    name = add(project, "one")
    (project.root / "catalog.sqlite").write_bytes(b"rubbish" * 1000)
    with Project.open(project.root) as again:
        assert [item.id for item in again.items()] == [name]
    (project.root / "catalog.sqlite").unlink()
    with Project.open(project.root) as again:
        assert [item.id for item in again.items()] == [name]


def test_an_edited_line_is_found(project: Project) -> None:
    add(project, "one")
    add(project, "two")
    path = journal_file(project)
    path.write_bytes(path.read_bytes().replace(b'"what":"one"', b'"what":"own"'))
    assert any("Line 1" in problem and "edited" in problem for problem in project.check())


def test_a_removed_line_is_found(project: Project) -> None:
    for text in ("one", "two", "three"):
        add(project, text)
    path = journal_file(project)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[2])
    assert any("removed or reordered" in problem for problem in project.check())


def test_a_cut_off_journal_is_found_below_the_witnessed_head(project: Project) -> None:
    for text in ("one", "two"):
        add(project, text)
    path = journal_file(project)
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    with Project.open(project.root) as again:
        assert any("no longer there" in problem for problem in again.check())
        assert len(again.items()) == 1


def test_a_journal_that_vanished_is_found(project: Project) -> None:
    add(project, "one")
    journal_file(project).unlink()
    assert any("missing" in problem for problem in project.check())


def test_a_torn_last_line_is_not_tampering_and_is_set_aside(project: Project) -> None:
    add(project, "one")
    path = journal_file(project)
    with path.open("ab") as stream:
        stream.write(b'{"line":{"act"')
    with Project.open(project.root) as again:
        assert again.check() == []
        add(again, "two")
        assert again.check() == []
        assert again.n_lines() == 2
    assert path.with_suffix(".torn").is_file()


def test_a_line_of_another_key_is_found(project: Project, own_home: Path) -> None:
    add(project, "one")
    path = journal_file(project)
    shutil.copy(path, path.with_name("0" * 16 + ".jsonl"))
    assert any("public key" in problem for problem in project.check())


def test_removing_keeps_the_fact_and_refuses_what_is_used(project: Project) -> None:
    recording = add(project, "recording")
    add(project, "run", refs=(recording,))
    with pytest.raises(ProjectError, match="used by recipe run"):
        project.remove("recipe", recording)
    run = project.items()[0]
    project.remove("recipe", run.id)
    project.remove("recipe", recording)
    assert project.items() == []
    assert not project.objects.has("recipe", recording)
    assert [signed.line.act.act for signed in project.lines()][:2] == ["remove", "remove"]


def test_removing_the_champion_leaves_none(project: Project) -> None:
    name = add(project, "run")
    project.set_value("champion", name, Act(act="champion", what="Champion"))
    assert project.champion == name
    project.remove("recipe", name)
    assert project.champion is None


def test_a_project_of_a_newer_version_is_left_alone(project: Project) -> None:
    path = project.root / "project.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("schema_version = 1", "schema_version = 99"), encoding="utf-8")
    with pytest.raises(ProjectTooNew, match="schema 99"):
        Project.open(project.root)


def test_a_damaged_project_file_is_named(project: Project) -> None:
    (project.root / "project.toml").write_text("schema_version = [", encoding="utf-8")
    with pytest.raises(ProjectError, match=r"project\.toml"):
        Project.open(project.root)


def test_a_second_writer_waits_and_then_says_so(project: Project) -> None:
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with write_lock(project.root):
            entered.set()
            leave.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    entered.wait(10)
    with pytest.raises(ProjectLocked), write_lock(project.root, wait_s=0.05):
        pass
    leave.set()
    holder.join()
    with write_lock(project.root):
        pass


def test_nothing_acknowledged_is_lost_when_the_program_is_killed_again_and_again(tmp_path: Path) -> None:
    root = tmp_path / "station"
    acknowledged: list[str] = []
    for kill in range(N_KILLS):
        process = subprocess.Popen([sys.executable, "-c", WRITER, str(root), str(kill)], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        acknowledged += [process.stdout.readline().strip() for _ in range(1 + 3 * kill)]
        process.kill()
        acknowledged += [line.strip() for line in process.stdout if line.endswith("\n")]
        process.wait()
        process.stdout.close()
    with Project.open(root) as project:
        assert project.check() == []
        known = {item.id for item in project.items("recipe")}
    assert len(acknowledged) >= N_KILLS
    assert set(acknowledged) <= known


def test_two_programs_may_store_the_same_tree_at_once(tmp_path, monkeypatch):
    with Project.open(tmp_path / "p", home=tmp_path / "home") as project:
        folders = [tmp_path / "p" / "staging" / name for name in ("one", "two")]
        for folder in folders:
            folder.mkdir(parents=True)
            (folder / "a.bin").write_bytes(b"same")
        monkeypatch.setattr("workbench.project.objects.sync_folder", str)
        first = project.objects.put_tree("recording", folders[0])
        # The other program looked before the first one had finished.
        real_exists = type(tmp_path).exists
        monkeypatch.setattr(type(tmp_path), "exists", lambda path: path.name != first and real_exists(path))
        assert project.objects.put_tree("recording", folders[1]) == first
        assert not real_exists(folders[1])


def test_a_deleted_folder_of_objects_is_noticed(tmp_path):
    with Project.open(tmp_path / "p", home=tmp_path / "home") as project:
        sha = project.objects.put_bytes("recipe", b"x")
        project.record(Act(act="recipe", what="one", item=Item(kind="recipe", id=sha)))
        shutil.rmtree(tmp_path / "p" / "objects")
        assert "missing" in " ".join(project.check())


def test_what_could_not_be_deleted_when_it_was_removed_goes_with_a_rebuild(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = add(project, "kept open by a page")

    def held(*_: object, **__: object) -> None:
        raise PermissionError(13, "The process cannot access the file")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", held)
        project.remove("recipe", name)
    assert (project.items("recipe"), project.objects.has("recipe", name)) == ([], True)
    project.rebuild()
    assert not project.objects.has("recipe", name)


def test_the_journal_of_another_project_is_not_taken_for_this_ones(project: Project, tmp_path: Path) -> None:
    add(project, "ours")
    with Project.open(tmp_path / "other", who="I. Aas") as other:
        add(other, "theirs")
        shutil.copy(journal_file(project), journal_file(other))
        (report,) = other.verify_journal()
    assert any("another project" in problem for problem in report.problems)


def test_what_is_done_after_the_clock_was_set_back_holds(tmp_path: Path) -> None:
    root = tmp_path / "station"
    with Project.open(root, who="I. Aas", clock=lambda: 2_000_000_000_000_000_000) as early:
        name = add(early, "run")
        early.set_value("champion", name, Act(act="champion", what="Champion"))
        early.remove("recipe", name)
    with Project.open(root, who="I. Aas", clock=lambda: 1_900_000_000_000_000_000) as late:
        assert late.champion is None
        assert add(late, "run") == name
        late.set_value("champion", name, Act(act="champion", what="Champion"))
        assert late.champion == name
        assert late.lines(1)[0].line.at_utc.startswith("2030-03-17")
        late.rebuild()
        assert late.champion == name
        assert [item.id for item in late.items("recipe")] == [name]


def test_an_item_that_another_laptop_removed_stays_removed_in_whichever_order_the_journals_are_read(tmp_path: Path) -> None:
    roots = [tmp_path / "one", tmp_path / "two"]
    with Project.open(roots[0], who="I. Aas", home=tmp_path / "home1") as first:
        name = add(first, "run")
    shutil.copytree(roots[0], roots[1])
    with Project.open(roots[1], who="A. Berg", home=tmp_path / "home2") as second:
        second.remove("recipe", name)
    added = next((roots[0] / "journal").glob("*.jsonl"))
    removed = next(path for path in (roots[1] / "journal").glob("*.jsonl") if path.name != added.name)
    for order in ((added, removed), (removed, added)):
        folder = tmp_path / f"journal of {order[0].stem}"
        folder.mkdir()
        catalog = Catalog(tmp_path / f"{order[0].stem}.sqlite", folder)
        for path in order:
            shutil.copy(path, folder)
            catalog.follow()
        assert catalog.items("recipe") == []
        catalog.close()


def test_a_tree_with_one_changed_byte_is_not_used(project: Project) -> None:
    with project.objects.staging("run") as folder:
        (folder / "model.onnx").write_bytes(b"good")
        name = project.objects.put_tree("run", folder)
    assert (project.objects.whole_tree("run", name) / "model.onnx").read_bytes() == b"good"
    (project.objects.tree_path("run", name) / "model.onnx").write_bytes(b"evil")
    with pytest.raises(ObjectCorrupt, match=r"model\.onnx"):
        project.objects.whole_tree("run", name)


def test_a_strangers_deep_nesting_is_refused_like_any_damage(project: Project) -> None:
    deep = "[" * 5000 + "]" * 5000
    add(project, "one")
    with journal_file(project).open("a", encoding="utf-8") as stream:
        stream.write(f'{{"line":{{"act":{{"item":{{"details":{{"a":{deep}}}}}}}}}}}\n')
    assert any("can't be read" in problem for problem in project.check())
    (project.root / "project.toml").write_text(f"id = {deep}\n", encoding="utf-8")
    with pytest.raises(ProjectError, match="can't be read"):
        Project.open(project.root)


@pytest.mark.skipif(sys.platform == "win32", reason="on Windows nothing is left of a process that was killed")
def test_what_a_killed_program_left_is_swept_though_nobody_asked_yet_how_it_ended(project: Project) -> None:
    killed = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    own = f"{owned_folders.machine_mark()}-{killed.pid}-{owned_folders.started_s(killed.pid)}"
    left = project.objects._staging / f"reading-{own}-{'0' * 32}"
    left.mkdir(parents=True)
    project.objects.sweep()
    assert left.is_dir()  # it still runs
    os.kill(killed.pid, signal.SIGKILL)
    while psutil.Process(killed.pid).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)
    project.objects.sweep()
    assert not left.exists()
    killed.wait()


def test_a_machine_without_a_network_card_knows_its_staging_folders_again(monkeypatch: pytest.MonkeyPatch) -> None:
    names = []
    for drawn in (0x_01_00_00_00_00_01, 0x_03_12_34_56_78_9A):  # what Python draws there has this bit, and is another each time
        monkeypatch.setattr(owned_folders.uuid, "getnode", lambda drawn=drawn: drawn)
        names.append(owned_folders.machine_mark())
    assert names[0] == names[1]
