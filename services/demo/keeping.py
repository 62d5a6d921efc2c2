"""What the demo keeps beside the database: its password, and the sign that a server plays it."""

import fcntl
import os
import secrets
from pathlib import Path
from typing import IO

PASSWORD_BYTES = 12


class Keeping:
    """`DATA_DIR/demo.password`, readable by its owner alone, and `DATA_DIR/demo.lock`.

    Whoever plays the demo holds the lock, and lets go of it when the password is gone: so is it asked to
    end, by another process or by hand.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._password = folder / "demo.password"
        self._lock = folder / "demo.lock"
        self._held: IO[bytes] | None = None

    @property
    def password_file(self) -> Path:
        return self._password

    @property
    def is_wanted(self) -> bool:
        return self._password.exists()

    def password(self) -> str:
        """Read the password; make one where there is none."""
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(self._password, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return self._password.read_text().strip()
        with os.fdopen(descriptor, "w") as file:
            password = secrets.token_urlsafe(PASSWORD_BYTES)
            file.write(f"{password}\n")
        return password

    def forget(self) -> bool:
        """Take the password away; answers whether there was one."""
        there = self.is_wanted
        self._password.unlink(missing_ok=True)
        return there

    def take(self) -> bool:
        """Take the lock; answers whether nobody else has it. The system frees it when the process ends."""
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._lock.open("wb")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return False
        self._held = file
        return True

    def release(self, *, forget: bool = False) -> None:
        """Let go of the lock, and take its file away with `forget`. Without it, this does nothing."""
        file, self._held = self._held, None
        if file is None:
            return
        if forget:
            self._lock.unlink(missing_ok=True)
        file.close()
