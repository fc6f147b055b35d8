"""Begins the bot's process, kills it with SIGKILL, and begins it again: what happened meanwhile is the database's."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Literal

import structlog

from bot.playground.bot_process import Order

RETURN_SECONDS = 5.0  # until a killed bot begins again by itself: time to see that it is gone
STOP_SECONDS = 10.0  # that it may take to end when it is asked to; the bot itself takes half of that at most

State = Literal["up", "killed", "ended"]

log = structlog.get_logger()


class BotKeeper:
    """Safe for any number of threads; `told` hears of each change, outside any lock."""

    def __init__(self, order: Order, told: Callable[[], None]) -> None:
        self._order, self._told = order, told
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._state: State = "ended"
        self._returns: float | None = None
        self._timer: threading.Timer | None = None
        self._over = False

    def shown(self) -> dict[str, Any]:
        """What the page shows: whether the process lives, and at which second since the epoch a dead one returns."""
        with self._lock:
            return {"state": self._state, "returns": self._returns}

    @property
    def pid(self) -> int | None:
        """The process's id while it lives."""
        with self._lock:
            return self._process.pid if self._process is not None and self._state == "up" else None

    def start(self) -> bool:
        """Begins it, and does not wait until it is connected; False where it lives already."""
        with self._lock:
            if self._over or self._state == "up":
                return False
            self._forget_the_return()
            process = subprocess.Popen(
                [sys.executable, "-m", "bot.playground.bot_process"],
                stdin=subprocess.PIPE,
                text=True,
                start_new_session=True,  # or Ctrl-C in the terminal would reach it before the workspace does
            )
            self._process, self._state = process, "up"
        with suppress(OSError):  # it died at once; whoever watches it says so
            if process.stdin is not None:
                process.stdin.write(self._order.model_dump_json() + "\n")
                process.stdin.flush()
        threading.Thread(target=self._watch, args=(process,), name="bot", daemon=True).start()
        self._told()
        return True

    def kill(self) -> bool:
        """SIGKILL: it ends whatever it does, and begins again in a few seconds; False if it is dead."""
        with self._lock:
            process = self._process
            if process is None or self._state != "up" or self._over:
                return False
            self._state, self._returns = "killed", time.time() + RETURN_SECONDS
            process.kill()
            self._timer = threading.Timer(RETURN_SECONDS, self.start)
            self._timer.daemon = True
            self._timer.start()
        process.wait(STOP_SECONDS)
        self._told()
        return True

    def close(self) -> None:
        """Asks it to end, and kills it where it does not."""
        with self._lock:
            self._over = True
            self._forget_the_return()
            process = self._process
        if process is None:
            return
        if process.stdin is not None and not process.stdin.closed:
            process.stdin.close()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(STOP_SECONDS)

    def _watch(self, process: "subprocess.Popen[str]") -> None:
        code = process.wait()
        with self._lock:
            if process.stdin is not None and not process.stdin.closed:
                process.stdin.close()
            if self._process is not process or self._state != "up":
                return
            self._state = "ended"
            over = self._over
        if not over:
            log.error("the bot ended by itself; start it again in the page", status=code)
            self._told()

    def _forget_the_return(self) -> None:
        """Under the lock."""
        self._returns = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
