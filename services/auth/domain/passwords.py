"""Which passwords are refused: too short, or one that anybody would try first."""

from collections.abc import Collection, Iterable

PRODUCT_NAMES = ("llm session manager", "team dashboard", "dashboard")
MAX_CHARACTERS = 1024
_JOINTS = str.maketrans("", "", " -_.")


def refusal(
    password: str, names: Iterable[str], min_characters: int, common: Collection[str] = ()
) -> str | None:
    """Why the password will not do, `None` when it will.

    `names` are the person's and the team's own; `common` are passwords that leak often, in their plain form.
    """
    if len(password) < min_characters:
        return f"needs {min_characters} characters or more"
    bare = plain(password)
    if any(bare == plain(name) for name in (*names, *PRODUCT_NAMES)):
        return "may not be a name of yours, of your team or of this product"
    if bare in common:
        return "is among the passwords that are tried first"
    return None


def own_names(email: str, username: str, team_name: str | None) -> tuple[str, ...]:
    """The names that a person's password may not be."""
    return tuple(name for name in (email, email.partition("@")[0], username, team_name) if name)


def plain(text: str) -> str:
    """A form in which case, blanks and joints make no difference."""
    return text.casefold().translate(_JOINTS)
