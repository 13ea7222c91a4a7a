import json
from pathlib import Path

import pytest

from edge_router.errors import DataError
from edge_router_export.load_data import Files, load_data
from edge_router_export.recipe import TrainRecipe, read_recipe
from edge_router_export.rehearse import rehearse

FEW = {"base": "none", "vocabulary": "60", "embedding_width": "8", "width": "8"}


def load(folder: Path, tools: list[dict], overrides: dict[str, str]):
    path = folder / "tools.json"
    path.write_text(json.dumps(tools), "utf-8")
    recipe = read_recipe(TrainRecipe, "tiny", overrides)
    return load_data(Files(examples=(), tools=path), recipe), recipe


def make_tools(count: int, description: str = "") -> list[dict]:
    return [
        {"name": f"t{i}", "description": description, "examples": [f"do {i}", f"{i} please"]}
        for i in range(count)
    ]


def test_what_a_bundle_can_hold_passes_and_leaves_nothing_behind(tmp_path: Path):
    rehearse(*load(tmp_path, make_tools(3), FEW), tmp_path / "a.router")
    assert [path.name for path in tmp_path.iterdir()] == ["tools.json"]


def test_the_packaged_base_passes(tmp_path: Path):
    rehearse(*load(tmp_path, make_tools(3), {}), tmp_path / "a.router")


def test_descriptions_that_fill_more_than_a_manifest_are_refused_before_the_training(
    tmp_path: Path,
):
    data, recipe = load(tmp_path, make_tools(900, "d" * 20_000), FEW)
    with pytest.raises(
        DataError, match=r"no bundle can hold .*manifest\.json is larger.*give fewer"
    ):
        rehearse(data, recipe, tmp_path / "a.router")


def test_a_model_larger_than_a_bundle_is_refused_before_the_training(tmp_path: Path):
    data, recipe = load(tmp_path, make_tools(3), {**FEW, "width": "2048", "layers": "5"})
    with pytest.raises(DataError, match=r"no bundle can hold .*a smaller recipe"):
        rehearse(data, recipe, tmp_path / "a.router")


@pytest.mark.parametrize("name", ["\x07.router", "n" * 201 + ".router"])
def test_a_name_that_no_bundle_may_have_is_refused_before_the_training(tmp_path: Path, name: str):
    data, recipe = load(tmp_path, make_tools(2), FEW)
    with pytest.raises(DataError, match="cannot be the file of a router; give a name of 1 to 200"):
        rehearse(data, recipe, tmp_path / name)


def test_a_folder_is_no_output(tmp_path: Path):
    data, recipe = load(tmp_path, make_tools(2), FEW)
    (tmp_path / "a.router").mkdir()
    with pytest.raises(DataError, match=r"a\.router: cannot be the file of a router"):
        rehearse(data, recipe, tmp_path / "a.router")
