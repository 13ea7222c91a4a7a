from pathlib import Path

import pytest

from edge_router.errors import RecipeError
from edge_router_export.recipe import (
    PretrainRecipe,
    TrainRecipe,
    read_recipe,
    recipe_names,
    without_paths,
)


def test_every_packaged_recipe_can_be_read():
    assert recipe_names() == ["full", "pretrain", "small", "tiny"]
    for name in ("tiny", "small", "full"):
        read_recipe(TrainRecipe, name)
    read_recipe(PretrainRecipe, "pretrain")


def test_a_key_is_overridden_and_typed():
    recipe = read_recipe(
        TrainRecipe,
        "tiny",
        {"epochs": "3", "rate": "1", "base": "none", "teachers": '["a/b", "c/d"]'},
    )
    assert (recipe.epochs, recipe.rate, recipe.base, recipe.teachers) == (
        3,
        1.0,
        "none",
        ("a/b", "c/d"),
    )


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"epoch": "3"}, "unknown key 'epoch'"),
        ({"epochs": "many"}, "must be of type int"),
        ({"epochs": "true"}, "must be of type int"),
        ({"epochs": "0"}, "must be above 0"),
        ({"max_error": "1.5"}, "must be below 1"),
        ({"folds": "1"}, "must be 2 or more"),
        ({"synthetic": "1.0"}, "need a teacher"),
        ({"rate": "nan"}, "'rate' is nan; it must be 2147483647 at most"),
        ({"rate": "inf"}, "'rate' is inf"),
        ({"max_error": "nan"}, "'max_error' is nan"),
        ({"max_tokens": "5000"}, "'max_tokens' is 5000; it must be 4096 at most"),
        ({"vocabulary": "100001"}, "'vocabulary' is 100001; it must be 100000 at most"),
        ({"layers": "9"}, "'layers' is 9; it must be 8 at most"),
        ({"width": "2049"}, "'width' is 2049; it must be 2048 at most"),
        ({"seed": "4294967296"}, "'seed' is 4294967296; it must be 4294967295 at most"),
        ({"seed": "-1"}, "'seed' is -1; it must be above 0"),
        ({"epochs": "9" * 30}, "it must be 2147483647 at most"),
        ({"teacher_epochs": "0"}, "must be above 0"),
        ({"goldens": "all"}, "'goldens' is 'all'; it must be 'examples' or 'made'"),
    ],
)
def test_a_wrong_key_or_value_is_named(overrides: dict[str, str], message: str):
    with pytest.raises(RecipeError, match=message):
        read_recipe(TrainRecipe, "tiny", overrides)


def test_the_bounds_themselves_are_allowed():
    recipe = read_recipe(
        TrainRecipe, "tiny", {"max_tokens": "4096", "seed": "4294967295", "updates": "0"}
    )
    assert (recipe.max_tokens, recipe.seed, recipe.updates) == (4096, 4294967295, 0)


def test_a_file_that_is_no_recipe_is_named(tmp_path: Path):
    (tmp_path / "mine.toml").write_text("epochs = ", "utf-8")
    with pytest.raises(RecipeError, match="is not TOML"):
        read_recipe(TrainRecipe, tmp_path / "mine.toml")
    with pytest.raises(RecipeError, match="one of full, pretrain, small, tiny"):
        read_recipe(TrainRecipe, "huge")


def test_a_manifest_names_no_folder_of_the_maker(tmp_path: Path):
    (tmp_path / "my-encoder").mkdir()
    recipe = read_recipe(TrainRecipe, "tiny", {"teachers": f'["{tmp_path}/my-encoder"]'})
    assert without_paths(recipe)["teachers"] == ["my-encoder"]
