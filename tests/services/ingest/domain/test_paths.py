import pytest

from services.ingest.domain.paths import repository_path
from tests.support.builders import make_facts

TOP = "/home/anna/src/shop"


@pytest.mark.parametrize(
    ("path", "directory", "expected"),
    [
        (f"{TOP}/src/app.py", TOP, "src/app.py"),
        (f"{TOP}/src/app.py", f"{TOP}/src", "src/app.py"),
        ("src/app.py", TOP, "src/app.py"),
        ("app.py", f"{TOP}/src", "src/app.py"),
        ("./app.py", f"{TOP}/src/", "src/app.py"),
        ("../docs/a.md", f"{TOP}/src", "docs/a.md"),
        (f"{TOP}/src/../docs/a.md", f"{TOP}/src", "docs/a.md"),
        ("src/app.py", None, "src/app.py"),
        ("~/src/shop/src/app.py", "~/src/shop/src", "src/app.py"),
        ("~/shop/src/app.py", "~/shop", "src/app.py"),
        ("~/shopping/app.py", "~/shop", None),
        # A linked work tree has a name of its own.
        ("/home/anna/trees/fix-1/src/app.py", "/home/anna/trees/fix-1", "src/app.py"),
        ("C:\\src\\shop\\src\\app.py", "C:\\src\\shop", "src/app.py"),
        # A folder above that happens to have the project's name.
        ("/home/shop/src/shop/app.py", "/home/shop/src/shop", "app.py"),
        (f"{TOP}/src/app.py", None, None),
        ("/etc/hosts", TOP, None),
        ("/home/anna/src/shopping/app.py", TOP, None),
        ("../../etc/hosts", TOP, None),
        ("../../../../../../etc/hosts", TOP, None),
        (f"{TOP}/../other/a.py", TOP, None),
        (TOP, TOP, None),
        (".", TOP, None),
    ],
)
def test_a_path_is_told_from_the_top_of_the_repository(path, directory, expected):
    facts = make_facts(project="shop", repository="acme/shop", directory=directory)
    assert repository_path(path, facts) == expected


def test_outside_a_repository_there_is_none():
    assert repository_path("src/app.py", make_facts(repository=None, directory=TOP)) is None


def test_without_a_project_the_folder_is_the_top():
    facts = make_facts(project=None, directory="/srv/work")
    assert repository_path("/srv/work/a.py", facts) == "a.py"
