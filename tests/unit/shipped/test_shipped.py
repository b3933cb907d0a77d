"""The shipped scenarios: their names, their folders, copies of them."""

import os
import stat

import pytest

from farshore import shipped
from farshore.errors import OutputUnwritable, UsageFault
from farshore.scenario import read_scenario, scenario_hash


def files_of(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_kherson_is_shipped():
    assert "kherson" in shipped.names()
    assert (shipped.path("kherson") / "scenario.toml").is_file()


def test_an_unknown_name_is_told_which_there_are():
    with pytest.raises(UsageFault, match="kherson"):
        shipped.path("atlantis")


@pytest.mark.parametrize("name", ["", ".", "..", "kherson/network", "../shipped/kherson"])
def test_a_name_is_no_path(name):
    with pytest.raises(UsageFault):
        shipped.path(name)


def test_a_copy_is_the_same_and_can_be_changed(tmp_path):
    copied = shipped.copy("kherson", tmp_path / "deep" / "mine")
    assert copied == tmp_path / "deep" / "mine"
    assert files_of(copied) == files_of(shipped.path("kherson"))
    assert scenario_hash(read_scenario(copied)) == scenario_hash(read_scenario(shipped.path("kherson")))
    assert all(path.stat().st_mode & stat.S_IWUSR for path in copied.rglob("*"))
    assert [path.name for path in copied.parent.iterdir()] == ["mine"], "something was left beside it"


def test_a_copy_goes_into_an_empty_folder(tmp_path):
    (tmp_path / "mine").mkdir()
    assert (shipped.copy("kherson", tmp_path / "mine") / "zones.csv").is_file()


def test_a_copy_never_overwrites(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    with pytest.raises(OutputUnwritable, match="mine"):
        shipped.copy("kherson", tmp_path / "mine")
    assert files_of(tmp_path / "mine") == {"notes.txt": b"mine"}


def test_a_copy_never_replaces_a_file(tmp_path):
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(OutputUnwritable):
        shipped.copy("kherson", tmp_path / "mine")
    assert (tmp_path / "mine").read_text() == "mine"


def test_a_copy_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputUnwritable):
        shipped.copy("kherson", tmp_path / "file" / "mine")
    assert os.listdir(tmp_path) == ["file"]
