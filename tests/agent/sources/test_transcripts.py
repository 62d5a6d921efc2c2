import os
from pathlib import Path

import pytest

from llm_session_manager.sources import transcripts
from llm_session_manager.sources.transcripts import Transcript, problem


def entries(transcript: Transcript) -> list[object]:
    return [entry["n"] for _, entry in transcript.entries()]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"n":1}\n{"n":2}\n')
    return path


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as opened:
        opened.write(data)


def test_reads_only_new_lines(file: Path) -> None:
    transcript = Transcript(file)
    assert entries(transcript) == [1, 2]
    append(file, b'{"n":3}\n')
    assert transcript.look() == "grown"
    assert entries(transcript) == [3]
    assert transcript.cursor().offset == file.stat().st_size


def test_an_unchanged_file_is_not_opened(file: Path) -> None:
    transcript = Transcript(file)
    entries(transcript)
    os.utime(file, (1, 1))
    assert transcript.look() == "none"


def test_waits_for_the_end_of_a_line(file: Path) -> None:
    append(file, b'{"n":3,"t":"')
    transcript = Transcript(file)
    assert entries(transcript) == [1, 2]
    assert transcript.cut_off
    assert transcript.skipped == 0
    append(file, b'x"}')
    assert entries(transcript) == [3]
    append(file, b'\n{"n":4}\n')
    assert entries(transcript) == [4]
    assert not transcript.cut_off


def test_a_shrunk_file_is_another(file: Path) -> None:
    transcript = Transcript(file)
    entries(transcript)
    file.write_bytes(b'{"n":9}\n')
    assert transcript.look() == "replaced"
    transcript.begin_again()
    assert entries(transcript) == [9]


def test_another_beginning_is_noticed(file: Path) -> None:
    transcript = Transcript(file)
    entries(transcript)
    with file.open("r+b") as opened:
        opened.write(b'{"n":7}\n{"n":2}\n{"n":3}\n')
    assert transcript.look() == "grown"
    assert not transcript.head_holds()


def test_a_file_of_another_inode_is_another(file: Path, tmp_path: Path) -> None:
    transcript = Transcript(file)
    entries(transcript)
    other = tmp_path / "b"
    other.write_bytes(b'{"n":1}\n{"n":2}\n{"n":3}\n')
    other.replace(file)
    assert transcript.look() == "replaced"


def test_a_vanished_file_is_gone(file: Path) -> None:
    transcript = Transcript(file)
    entries(transcript)
    file.unlink()
    assert transcript.look() == "gone"


def test_a_broken_line_is_skipped_and_counted(file: Path) -> None:
    append(file, b'{"n":\n[1]\n{"n":3}\n')
    transcript = Transcript(file)
    assert entries(transcript) == [1, 2, 3]
    assert transcript.skipped == 2
    found = problem(transcript, now=0)
    assert found is not None
    assert found.reason == "2 lines skipped that hold no JSON object; the first at byte 16"


def test_bytes_that_are_not_utf8_are_replaced_and_counted(file: Path) -> None:
    append(file, b'{"n":"a\xff"}\n')
    transcript = Transcript(file)
    assert entries(transcript) == [1, 2, "a\ufffd"]
    assert (transcript.skipped, transcript.replaced) == (0, 1)
    found = problem(transcript, now=0)
    assert found is not None
    assert "not UTF-8" in found.reason


def test_half_a_surrogate_pair_is_no_fault(file: Path) -> None:
    append(file, b'{"n":"\\ud83d"}\n')
    transcript = Transcript(file)
    assert entries(transcript)[2] == "\ud83d"
    assert problem(transcript, now=0) is None


def test_a_deeply_nested_line_is_skipped(file: Path) -> None:
    append(file, b'{"n":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n")
    transcript = Transcript(file)
    assert entries(transcript) == [1, 2]
    assert transcript.skipped == 1


@pytest.mark.parametrize("cut", [1, 3_000, 9_000])
def test_an_overlong_line_is_skipped_wherever_it_is_cut(
    file: Path, monkeypatch: pytest.MonkeyPatch, cut: int
) -> None:
    monkeypatch.setattr(transcripts, "LINE_BYTES", 4096)
    monkeypatch.setattr(transcripts, "PIECE_BYTES", 1024)
    long = b'{"n":"' + b"x" * 10_000 + b'"}\n'
    append(file, long[:cut])
    transcript = Transcript(file)
    assert entries(transcript) == [1, 2]
    append(file, long[cut:] + b'{"n":3}\n')
    assert entries(transcript) == [3]
    assert (transcript.skipped, transcript.overlong) == (1, 1)


def test_a_cursor_tells_what_an_earlier_run_read(file: Path) -> None:
    first = Transcript(file)
    entries(first)
    append(file, b'{"n":3}\n')
    second = Transcript(file, first.cursor())
    starts = [start for start, _ in second.entries()]
    assert [start >= second.known for start in starts] == [False, False, True]


def test_a_cursor_of_another_file_tells_nothing(file: Path) -> None:
    first = Transcript(file)
    entries(first)
    with file.open("r+b") as opened:
        opened.write(b'{"n":5}\n')
    second = Transcript(file, first.cursor())
    entries(second)
    assert second.known == 0


def test_a_last_line_that_stays_cut_off_is_a_problem(file: Path) -> None:
    append(file, b'{"n":')
    transcript = Transcript(file)
    entries(transcript)
    transcript.look()
    modified = file.stat().st_mtime
    assert problem(transcript, now=modified + 5) is None
    found = problem(transcript, now=modified + 3600)
    assert found is not None
    assert found.reason == "its last line is cut off"


def test_a_folder_in_place_of_a_file_is_gone(file: Path) -> None:
    transcript = Transcript(file)
    file.unlink()
    file.mkdir()
    assert transcript.look() == "gone"


def test_a_file_that_cannot_be_opened_is_a_problem_until_it_can(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    transcript = Transcript(file)

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refuse)
        assert entries(transcript) == []
    found = problem(transcript, now=0)
    assert found is not None
    assert found.reason == "cannot be read: Permission denied"
    assert transcript.look() == "grown"
    assert entries(transcript) == [1, 2]
    assert problem(transcript, now=0) is None
