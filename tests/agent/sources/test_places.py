from pathlib import Path

import pytest

from llm_session_manager.sources.places import Place, Places, repository_name

ADDRESSES = {
    "https://github.com/acme/shop.git": "acme/shop",
    "https://ada:secret@github.com/acme/shop": "acme/shop",
    "https://token@git.example.org:8443/group/sub/shop.git/": "group/sub/shop",
    "git@github.com:acme/shop.git": "acme/shop",
    "ssh://git@example.org:22/acme/shop.git": "acme/shop",
    "https://example.org/shop.git?token=secret#x": "shop",
    "nonsense": None,
    "": None,
    None: None,
}


@pytest.mark.parametrize(("address", "name"), ADDRESSES.items())
def test_a_repository_is_named_without_host_or_credentials(address: str | None, name: str | None) -> None:
    assert repository_name(address) == name


def repository(
    folder: Path, config: str = '[remote "origin"]\n\turl = git@github.com:acme/shop.git\n'
) -> Path:
    (folder / ".git").mkdir(parents=True)
    (folder / ".git" / "config").write_text(config)
    return folder


def test_the_project_is_the_top_of_the_repository(tmp_path: Path) -> None:
    top = repository(tmp_path / "shop")
    (top / "api" / "v1").mkdir(parents=True)
    assert Places().of(str(top / "api" / "v1")) == Place("shop", "acme/shop")


def test_a_linked_work_tree_belongs_to_its_repository(tmp_path: Path) -> None:
    top = repository(tmp_path / "shop")
    tree = tmp_path / "trees" / "1"
    tree.mkdir(parents=True)
    (tree / ".git").write_text(f"gitdir: {top}/.git/worktrees/1\n")
    assert Places().of(str(tree)) == Place("shop", "acme/shop")


def test_a_remote_of_another_name_will_do(tmp_path: Path) -> None:
    top = repository(
        tmp_path / "shop", '[core]\nbare\n[remote "up"]\nurl = https://x.org/a/b\nurl = https://y/c/d\n'
    )
    assert Places().of(str(top)).repository in {"a/b", "c/d"}


@pytest.mark.parametrize("config", ["[remote", "\x00\xff", ""])
def test_a_broken_configuration_names_nothing(tmp_path: Path, config: str) -> None:
    assert Places().of(str(repository(tmp_path / "shop", config))) == Place("shop", None)


@pytest.mark.parametrize(
    ("directory", "project"),
    [
        ("/nowhere/at/all/shop", "shop"),
        ("C:\\Users\\ada\\shop", "shop"),
        ("/", None),
        ("relative/shop", "shop"),
        ("/nul\x00byte", "nul byte"),
        (None, None),
    ],
)
def test_a_directory_that_is_gone_gives_its_name(directory: str | None, project: str | None) -> None:
    assert Places().of(directory) == Place(project, None)


def test_what_was_looked_up_holds_until_forgotten(tmp_path: Path) -> None:
    places = Places()
    assert places.of(str(tmp_path)).repository is None
    repository(tmp_path / "x").joinpath(".git").rename(tmp_path / ".git")
    assert places.of(str(tmp_path)).repository is None
    places.forget()
    assert places.of(str(tmp_path)).repository == "acme/shop"
