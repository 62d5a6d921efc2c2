"""What is asked of a page that somebody looks at."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page, *, is_layer: bool, only_colours: bool) -> list[str]:
    """What axe finds wrong, each with the first elements it is wrong with."""
    page.evaluate(AXE.read_text())
    # A menu hangs on the body by its nature: only then may content stand outside the landmarks.
    options: dict[str, Any] = {"runOnly": TAGS, "rules": {"region": {"enabled": not is_layer}}}
    if only_colours:
        options = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
    options["resultTypes"] = ["violations"]
    found = page.evaluate(f"axe.run(document, {json.dumps(options)}).then((result) => result.violations)")
    return [f"{one['id']}: {one['help']}: {_places(one['nodes'])}" for one in found]


def _places(nodes: list[dict[str, Any]]) -> str:
    told = [f"{node['html'][:160]} {(node['any'] or [{}])[0].get('message', '')}" for node in nodes[:3]]
    return " | ".join(told)


def overflow(page: Page) -> str:
    """What is wider than the screen; nothing where all of it fits."""
    return str(
        page.evaluate("""() => {
        const root = document.documentElement
        if (root.scrollWidth <= innerWidth) return ""
        const sticksOut = (one) => one.getBoundingClientRect().right > innerWidth + 1
        const wide = [...document.querySelectorAll("body *")].filter(sticksOut).slice(-3)
        return `${root.scrollWidth} px: ` + wide.map((one) => one.outerHTML.slice(0, 160)).join(" | ")
    }""")
    )


# Numbers every element that Tab is to reach, in `data-stop`; a group of radio buttons is one stop.
STOPS = """() => {
    const shown = (one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: false })
    const out = (one) => one.disabled || one.tabIndex < 0 || one.closest("[inert], [aria-hidden=true]")
    const able = (one) => !out(one) && shown(one)
    const groups = new Set()
    const first = (one) => {
        if (one.type !== "radio" || !one.name) return true
        const group = [...document.getElementsByName(one.name)]
        const stop = group.find((other) => other.checked) ?? group[0]
        return one === stop && !groups.has(one.name) && groups.add(one.name)
    }
    const kinds = "a[href], button, input, select, textarea, summary, [tabindex], [contenteditable=true]"
    const stops = [...document.querySelectorAll(kinds)].filter((one) => able(one) && first(one))
    stops.forEach((one, n) => (one.dataset.stop = String(n)))
    return stops.map((one) => one.outerHTML.slice(0, 200))
}"""

# What has the focus, and whether one can see it: its ring, or that of what it lies in.
FOCUSED = """() => {
    const one = document.activeElement
    if (!one || one === document.body) return null
    const ring = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
    const parts = [null, "::before", "::after"]
    const ringed = (each) => each && parts.some((part) => ring(getComputedStyle(each, part)))
    const box = one.getBoundingClientRect()
    const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth
    const seen = [one, one.parentElement, ...(one.labels ?? [])].some(ringed)
    return { stop: one.dataset.stop ?? null, html: one.outerHTML.slice(0, 200), seen: inside && seen, inside }
}"""
# A field for a date has some places of its own, one after the other.
PLACES = 6
SEEN_MS = 500


class Walk:
    """Through a page by Tab alone; `wrong` is what is wrong with that."""

    def __init__(self, page: Page) -> None:
        self._page = page
        page.evaluate("document.activeElement?.blur?.(); getSelection()?.removeAllRanges(); scrollTo(0, 0)")
        self._stops: list[str] = page.evaluate(STOPS)
        self._visits: Counter[int] = Counter()
        self.wrong: list[str] = []

    def go(self) -> None:
        """Until one is back at the beginning, or goes no further."""
        for _ in range(2 * len(self._stops) + 40):
            self._page.keyboard.press("Tab")
            focused = self._page.evaluate(FOCUSED)
            if focused is None:
                if self._is_round:
                    break
                continue
            if not focused["seen"] and not self._visits[int(focused["stop"] or -1)]:
                self._look_again()
            if focused["stop"] is not None:
                number = int(focused["stop"])
                if self._is_round and self._visits[number]:
                    break
                self._visits[number] += 1
                if self._visits[number] > PLACES:
                    self.wrong.append(f"Tab does not leave {focused['html']}")
                    break
        self.wrong += [f"never reached: {stop}" for n, stop in enumerate(self._stops) if not self._visits[n]]

    @property
    def _is_round(self) -> bool:
        return len(self._visits) == len(self._stops)

    def _look_again(self) -> None:
        """What moves into sight takes a moment."""
        self._page.wait_for_timeout(SEEN_MS)
        focused = self._page.evaluate(FOCUSED)
        if focused is not None and not focused["seen"]:
            why = "no ring around" if focused["inside"] else "out of sight:"
            self.wrong.append(f"{why} {focused['html']}")
