"""What the output of a shell command proves: commits and pull requests."""

import re
from collections.abc import Iterator

from llm_session_manager.sources import values
from llm_session_manager.sources.steps import CommitSeen, PullSeen

_COMMITTED = re.compile(r"^\[([^\]\n]*?)(?: \(root-commit\))? ([0-9a-f]{7,40})\] (.*)$", re.MULTILINE)
_PULL_REQUEST = re.compile(r"https://[^\s/@]+/([^\s@]+?)/(?:pull|-/merge_requests)/(\d{1,9})\b")
_SEARCHED = 200_000


def may_commit(command: str) -> bool:
    return "commit" in command and "git" in command


def may_open_pull_request(command: str) -> bool:
    return "pr create" in command or "mr create" in command


def commits(output: str, at: int) -> Iterator[CommitSeen]:
    """The lines `[branch sha] subject` that git prints for a commit made."""
    for found in _COMMITTED.finditer(output[:_SEARCHED]):
        branch, sha, subject = found.groups()
        detached = branch == "detached HEAD"
        yield CommitSeen(sha, None if detached else values.name(branch), values.one_line(subject, 500), at)


def pull_requests(output: str, at: int) -> Iterator[PullSeen]:
    """The addresses that a command making a pull request prints."""
    for found in _PULL_REQUEST.finditer(output[:_SEARCHED]):
        url, repository = values.path(found.group()), values.name(found.group(1))
        if url:
            yield PullSeen(int(found.group(2)), url, repository, at)
