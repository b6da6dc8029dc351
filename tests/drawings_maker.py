"""Three flags, two of which are drawn alike, and logos of which one is linked, as the packages have them."""

from __future__ import annotations

import json
from pathlib import Path

FLAG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 40"><rect width="60" height="40" fill="{}"/>{}</svg>'
DISC = '<circle cx="30" cy="20" r="{}" fill="{}"/>'
LOGO = '<svg role="img" viewBox="0 0 24 24" xmlns="http://www.w3.org/2000/svg"><path d="{}"/></svg>'
FLAGS = {"aa": ("Aland", "Q11", "#c00", ""), "bb": ("Bland", "Q12", "#00c", ""), "cc": ("Cland", "Q13", "#00c", "")}
LOGOS = {
    "dot": ("Dot", "Q14", "M4 4h16v16H4z"),
    "bar": ("Bar", None, "M2 10h20v4H2z"),
    "cut": ("Cut", None, "M2 2l20 20V2z"),
}


def write_drawings(folder: Path) -> Path:
    """A list of drawings and the packages, as npm would install them."""
    rows = []

    def add(package, file, slug, kind, label, entity, svg, **more):
        path = folder / "node_modules" / package / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(svg)
        row = {"package": package, "file": file, "slug": slug, "kind": kind, "label": label, "entity": entity}
        rows.append({**row, "entity_type": "LOC" if kind == "flag" else "ORG", **more})

    for slug, (label, entity, colour, disc) in FLAGS.items():
        add("flag-icons", f"flags/4x3/{slug}.svg", slug, "flag", label, entity, FLAG.format(colour, disc))
        add("country-flag-icons", f"3x2/{slug.upper()}.svg", slug, "flag", label, entity, FLAG.format(colour, disc))
    original = folder / "node_modules" / "svg-country-flags" / "svg" / "aa.svg"
    original.parent.mkdir(parents=True, exist_ok=True)
    original.write_text(FLAG.format("#b00", ""))
    for number, (slug, (label, entity, path)) in enumerate(LOGOS.items()):
        for copy in range(1 if entity else 4):
            name = f"{slug}{copy}" if copy else slug
            add(
                "simple-icons",
                f"icons/{name}.svg",
                name,
                "logo",
                label,
                entity,
                LOGO.format(path),
                hex=f"0{number}9{copy}40",
            )
    (folder / "labels.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder
