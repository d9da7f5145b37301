#!/usr/bin/env python3
"""Holds the house to its plan (toolchain/layers.txt). Every file looked at is one check.

  core/      includes only rooms it may; no header that costs a phone more than it gives; no clock, file, environment,
             locale or printing; nlohmann only in core/json/*.cc, libsodium only in core/crypto/*.cc
  CMake      each room's DEPENDS says no more than the plan
  wasm/      the only place that knows Emscripten
  web/       does not name indexedDB (the store lives in wasm/)
  examples/  import the package by its name only
  ARCHITECTURE.md shows the plan as it is; --write puts the current picture there
"""
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parent.parent
problems = []
checked = 0


def read_plan():
    direct, notes = {}, {}
    for line in (root / "toolchain/layers.txt").read_text().splitlines():
        line, _, note = line.partition("#")
        if not line.strip():
            continue
        room, _, below = line.partition("<-")
        room = room.strip()
        for name in below.split():
            if name not in direct:
                sys.exit(f"toolchain/layers.txt: {room} names {name}, which is not above it")
        direct[room], notes[room] = below.split(), note.strip()
    closure = {}
    for room in direct:  # every room stands below what it uses
        closure[room] = set(direct[room]).union(*(closure[name] for name in direct[room]), {room})
    return direct, notes, closure


direct, notes, closure = read_plan()

COSTLY = {  # brotli kB that the header costs in wasm, or why it is not for core/
    "format": "+104 kB", "regex": "+47 kB", "sstream": "+35 kB", "iostream": "+35 kB", "ostream": "+35 kB",
    "istream": "+35 kB", "iomanip": "+35 kB", "fstream": "a file", "filesystem": "a file", "locale": "a locale",
    "clocale": "a locale", "chrono": "a clock", "ctime": "a clock", "time.h": "a clock", "random": "randomness",
    "thread": "threads", "mutex": "threads", "future": "threads", "print": "printing", "unistd.h": "the host",
    "sys/time.h": "a clock", "dirent.h": "a file",
}
IMPURE = re.compile(
    r"(?<![\w.>:])(?<!#define )(?:std::)?(getenv|setlocale|strtod|strtof|stod|stof|gettimeofday|clock_gettime|fopen|freopen|"
    r"printf|puts|rand|srand|random_device|system_clock|steady_clock)\s*[({]")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def strip_comments(text):
    return re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.S)


def problem(path, text):
    problems.append(f"{path.relative_to(root)}: {text}")


def look_at(folder, *endings):
    global checked
    for path in sorted((root / folder).rglob("*")):
        if path.is_file() and path.suffix in endings and not {"node_modules", "dist", "build"} & set(
                path.relative_to(root).parts):
            checked += 1
            yield path, path.read_text(errors="replace")


for path, text in look_at("core", ".cc", ".h", ".def", ".inc"):
    room = path.relative_to(root).parts[1]
    if room not in closure:
        problem(path, f"the room {room} is not in toolchain/layers.txt")
        continue
    code = strip_comments(text)
    for bracket, header in INCLUDE.findall(code):
        other = header.split("/")[0]
        if bracket == '"' and other in direct:
            if other not in closure[room]:
                problem(path, f"{room} may not include {other} ({header})")
            continue
        if bracket == '"' and "/" not in header:
            problem(path, f'include "{room}/{header}" instead: the include root is core/')
        if header in COSTLY:
            problem(path, f"<{header}> has no place in core/ ({COSTLY[header]})")
        if header.startswith("nlohmann/") and not (room == "json" and path.suffix == ".cc"):
            problem(path, "only core/json/*.cc includes nlohmann")
        if header.startswith("sodium") and not (room == "crypto" and path.suffix == ".cc"):
            problem(path, "only core/crypto/*.cc includes libsodium")
        if header.startswith(("cmark", "yaml", "node.h", "parser.h")) and not (room in ("compile", "legaldown") and path.suffix == ".cc"):
            problem(path, f"only core/compile/*.cc and core/legaldown/*.cc include <{header}>")
        if header.startswith("emscripten"):
            problem(path, "only wasm/ knows Emscripten")
    if "__EMSCRIPTEN__" in code:
        problem(path, "only wasm/ knows Emscripten")
    impure = IMPURE.search(code)
    if impure:
        problem(path, f"{impure.group(1)}() has no place in core/: it is handed in")

TARGETS = {"keys": "crypto"}  # a second target of the same room
for path, text in look_at("core", ".txt"):
    for name, body in re.findall(r"countersign_room\(\s*(\w+)([^)]*)\)", re.sub(r"#[^\n]*", "", text)):
        match = re.search(r"DEPENDS((?:\s+[a-z_]+)*)", body)
        room = TARGETS.get(name, name)
        for dependency in (match.group(1).split() if match else []):
            if TARGETS.get(dependency, dependency) not in closure.get(room, ()):
                problem(path, f"{name} may not depend on {dependency}")

for folder in ("tests", "examples", "toolchain"):
    for path, text in look_at(folder, ".cc", ".h"):
        if any(header.startswith("emscripten") for _, header in INCLUDE.findall(strip_comments(text))):
            problem(path, "only wasm/ knows Emscripten")

for path, text in look_at("web", ".ts", ".js", ".mjs"):
    if "indexedDB" in text:
        problem(path, "names indexedDB; the store lives in wasm/")

IMPORT = re.compile(r"""(?:\bfrom\s*|\bimport\s*\(\s*|\bimport\s+)(['"])([^'"]+)\1""")
for path, text in look_at("examples", ".ts", ".js", ".mjs", ".html"):
    for _, target in IMPORT.findall(text):
        if target.startswith("."):
            aimed = (path.parent / target).resolve()
            if not aimed.is_relative_to(root / "examples"):
                problem(path, f"imports {target}: an example sees the package only by its name")
        elif re.search(r"(^|/)(web|dist|wasm|core)/", target) and not target.startswith(("countersign/", "/")):
            problem(path, f"imports {target}: an example sees the package only by its name")


def picture():
    """One line per room: what it may include, and what it holds."""
    width = max(len(room) for room in direct) + 1
    below = max(len(" ".join(names)) for names in direct.values()) + 2
    return "\n".join(f" {room:<{width}} <- {' '.join(names):<{below}} {notes[room]}".rstrip()
                     for room, names in direct.items())


page = root / "ARCHITECTURE.md"
if page.exists():
    checked += 1
    text = page.read_text()
    block = f"<!-- layers: made by toolchain/check_layers.py --write -->\n```\n{picture()}\n```\n<!-- /layers -->"
    pattern = re.compile(r"<!-- layers.*?<!-- /layers -->", re.S)
    if not pattern.search(text):
        problem(page, "has no <!-- layers --> ... <!-- /layers --> block for the picture")
    elif block not in text:
        if "--write" in sys.argv:
            page.write_text(pattern.sub(lambda _: block, text, count=1))
        else:
            problem(page, "shows another plan than toolchain/layers.txt (toolchain/check_layers.py --write)")

for line in problems:
    print(line)
failed = len({line.split(":")[0] for line in problems})
print(f"{checked - failed} passed, {failed} failed")
sys.exit(1 if problems else 0)
