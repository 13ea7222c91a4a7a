"""A router as the tool of another: ``Router.chain``."""

import json
import pickle

import pytest

from edge_router import InputError, Reason, Router


@pytest.fixture(scope="module")
def media() -> Router:
    router = Router.base().teach("music.play", ["play some jazz", "put on a song"])
    return router.teach("volume.set", ["turn the volume up", "make it louder"])


@pytest.fixture(scope="module")
def home() -> Router:
    router = Router.base().teach(
        "media", ["play some jazz", "turn the volume up", "music", "make it louder"]
    )
    return router.teach("lights.dim", ["dim the lights", "it's too bright in here"])


def test_a_chain_routes_in_two_steps_and_tells_both(home: Router, media: Router):
    chain = home.chain({"media": media})
    trail = chain.route("play some jazz")
    assert trail.path == ("media", "music.play")
    assert trail.decisions == (home.route("play some jazz"), media.route("play some jazz"))
    assert trail.decision.tool == "music.play"
    assert trail.to_dict()["path"] == ["media", "music.play"]
    assert json.loads(json.dumps(trail.to_dict()))["tool"] == "music.play"


def test_a_tool_without_a_branch_ends_the_way(home: Router, media: Router):
    trail = home.chain({"media": media}).route("dim the lights")
    assert (trail.path, len(trail.decisions)) == (("lights.dim",), 1)


def test_whoever_abstains_ends_the_way(home: Router):
    chain = home.chain({"media": Router.base()})
    trail = chain.route("")
    assert (trail.path, trail.decision.reason) == ((), Reason.EMPTY_INPUT)
    trail = chain.route("play some jazz")
    assert (trail.path, trail.decision.reason) == (("media",), Reason.NO_TOOLS)


def test_chains_are_branches_of_chains(home: Router, media: Router):
    top = Router.base().teach("home", ["play some jazz", "dim the lights", "make it louder"])
    trail = top.chain({"home": home.chain({"media": media})}).route("make it louder")
    assert trail.path == ("home", "media", "volume.set")


def test_the_program_can_be_read(home: Router, media: Router):
    chain = home.chain({"media": media})
    sha256 = home.bundle.sha256
    name, version = home.bundle.manifest.name, home.bundle.manifest.version
    threshold = f"{home.threshold:.4f}"
    router = f"{name} {version}, 2 taught, threshold {threshold}, sha256 {sha256[:8]}"
    assert str(chain).splitlines() == [
        router,
        "  lights.dim",
        f"  media -> {router}",
        "    music.play",
        "    volume.set",
    ]
    told = chain.to_dict()
    assert (told["name"], told["taught_tools"], told["sha256"]) == (name, 2, sha256)
    assert [tool["name"] for tool in told["tools"]] == ["lights.dim", "media"]
    assert told["tools"][0]["router"] is None
    assert [t["name"] for t in told["tools"][1]["router"]["tools"]] == ["music.play", "volume.set"]


def test_a_branch_needs_a_tool_and_a_router(home: Router, media: Router):
    with pytest.raises(InputError, match="did you mean 'media'"):
        home.chain({"medai": media})
    with pytest.raises(InputError, match="leads to str; give a Router or a Chain"):
        home.chain({"media": "media.router"})  # type: ignore[dict-item]


def test_a_chain_keeps_its_own_branches_and_is_picklable(home: Router, media: Router):
    branches = {"media": media}
    chain = home.chain(branches)
    branches.clear()
    assert chain.route("play some jazz").path == ("media", "music.play")
    again = pickle.loads(pickle.dumps(chain))
    assert again.route("play some jazz") == chain.route("play some jazz")
