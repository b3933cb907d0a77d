"""robust.json is believed in nothing that can be worked out again: each figure that is changed is named."""

import json
import shutil
from copy import deepcopy

import pytest

from farshore.errors import CertificateRefused
from farshore.plan import with_households, write_plan
from farshore.results.robust import robust_seal, robust_summary
from farshore.stress.robust import beside_nominal, certify_robust, check, parse_measure, plan_robustly
from tests.unit.stress_robust.sample import river


def written(folder, *, families: bool):
    robust = plan_robustly(river(), measure=parse_measure("cvar@0.8"), futures=10, seed=3)
    outcome, nominal = robust.outcome, robust.nominal
    if families:
        outcome, nominal = (with_households(each, seed=1) for each in (outcome, nominal))
    result = beside_nominal(robust, outcome=outcome, nominal=nominal, fresh=20)
    write_plan(outcome, folder)
    (folder / "robust.json").write_text(json.dumps(robust_summary(result)))
    return result


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    folder = tmp_path_factory.mktemp("robust") / "plan"
    return folder, written(folder, families=True)


def refused(plan, told, tmp_path, *, sealed=True) -> str:
    """What is said of the folder with another robust.json in it."""
    folder = tmp_path / "copy"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(plan[0], folder)
    if sealed:
        told = told | {"seal": robust_seal(told)}
    (folder / "robust.json").write_text(json.dumps(told))
    with pytest.raises(CertificateRefused) as found:
        certify_robust(folder)
    return str(found.value)


def said(plan):
    return json.loads((plan[0] / "robust.json").read_text())


def test_what_was_written_holds(plan, tmp_path):
    assert certify_robust(plan[0]) >= 3
    persons = tmp_path / "persons"
    written(persons, families=False)
    assert certify_robust(persons) >= 3


def test_a_plan_that_is_not_robust_has_nothing_to_check(plan, tmp_path):
    shutil.copytree(plan[0], tmp_path / "plain")
    (tmp_path / "plain" / "robust.json").unlink()
    assert certify_robust(tmp_path / "plain") == 0


def leaves(value, path=()):
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, (*path, name))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from leaves(inner, (*path, at))
    else:
        yield path, value


def other(value):
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return value + " "
    return 1 if value is None else value + 1


def changed(told, path, value):
    told = deepcopy(told)
    inner = told
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    return told


def test_every_figure_changed_alone_is_refused_though_sealed_anew(plan, tmp_path, monkeypatch):
    """But bounds between the first round and the last, which nothing else shows; they may only rise."""
    monkeypatch.setattr(check, "_followed", lambda *_: ([], 0))  # arithmetic alone must find them
    told = said(plan)
    accepted = []
    for path, value in leaves(told):
        if path == ("seal",):
            continue
        try:
            refused(plan, changed(told, path, other(value)), tmp_path)
        except pytest.fail.Exception:
            accepted.append(path)
    assert accepted
    assert all(path[0] == "rounds" and path[1] > 0 and path[2] == 1 for path in accepted), accepted


def test_any_edit_breaks_the_seal(plan, tmp_path):
    told = said(plan)
    assert "seal: the file is not as it was written" in refused(
        plan, changed(told, ("partial",), True), tmp_path, sealed=False
    )


def test_a_future_made_cheaper_in_all_figures_alike_is_found_by_following_the_plan(plan, tmp_path):
    dearest = max(plan[1].fresh, key=lambda each: (each.robust_person_h, -each.number))
    told = said(plan)
    told["futures"]["fresh"][dearest.number]["robust_person_h"] -= 0.5
    lie = robust_summary(check._rebuilt(told))
    assert lie["gains"] != said(plan)["gains"]
    words = refused(plan, lie, tmp_path)
    assert f"futures.fresh[{dearest.number}].robust_person_h" in words
    assert "the plan comes to" in words
    assert words.count("robust.json:") == 1


def test_a_bound_above_the_plan_is_refused(plan, tmp_path):
    told = said(plan)
    told["objective"]["lower_bound"] = told["objective"]["robust"] + 1
    told = robust_summary(check._rebuilt(told))
    assert "is above the plan's objective" in refused(plan, told, tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"measure": "cvar@2"}', "null", '{"measure": 3}'])
def test_what_is_no_such_file_is_told_in_words(plan, tmp_path, text):
    shutil.copytree(plan[0], tmp_path / "copy")
    (tmp_path / "copy" / "robust.json").write_text(text)
    with pytest.raises(CertificateRefused, match="lacks something or garbles it"):
        certify_robust(tmp_path / "copy")
