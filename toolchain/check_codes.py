#!/usr/bin/env python3
"""Every error code has a test: each "area.reason" of core/base/error_codes.def, or its enumerator, is named in at
least one file under tests/. Fails as well on a code listed twice or written against the naming rule."""
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parent.parent
listing = (root / "core/base/error_codes.def").read_text()
listing = re.sub(r"//.*", "", listing)
codes = re.findall(r'CS_ERROR(?:_OUTSIDE)?\(\s*(\w+)\s*,\s*"([^"]*)"', listing)
outside = set(re.findall(r"CS_ERROR_OUTSIDE\(\s*(k\w+)\s*,", listing))

problems = []
if not codes:
    problems.append("core/base/error_codes.def lists no code")
for position in (0, 1):
    names = [code[position] for code in codes]
    problems += [f"listed twice: {name}" for name in sorted({n for n in names if names.count(n) > 1})]
problems += [f"not area.reason in lower case: {code}" for _, code in codes
             if not re.fullmatch(r"[a-z][a-z0-9]*\.[a-z][a-z0-9_]*", code)]

# The module that signs has no names for these (wasm/sign_names.cc).
signing = [path for room in sorted(root.glob("core/*")) if room.name not in ("compile", "evidence") for path in sorted(room.glob("*.[ch]*"))]
signing += [path for path in sorted(root.glob("wasm/*.cc")) if path.name not in ("proof_calls.cc", "author_calls.cc", "authoring_calls.cc")]
for path in signing:
    problems += [f"{path.relative_to(root)} gives {name}, which core/base/error_codes.def says nothing that signs does"
                 for name in sorted(outside & set(re.findall(r"\bk[A-Z]\w*", path.read_text())))]

suffixes = {".cc", ".h", ".mjs", ".js", ".ts", ".json", ".txt", ".def", ".jsonl"}
texts = [path.read_text(errors="replace") for path in sorted((root / "tests").rglob("*"))
         if path.suffix in suffixes and path.is_file() and not {"node_modules", "toolchain"} & set(path.parts[len(root.parts):])]
# What code and data say counts; a line that is only a comment does not.
said = re.sub(r"^\s*(//|#|\*).*$", "", "\n".join(texts), flags=re.M)
words = set(re.findall(r"[A-Za-z_][A-Za-z0-9_.]*[A-Za-z0-9_]", said))
passed = 0
for enumerator, code in codes:
    if code in words or enumerator in words:
        passed += 1
    else:
        problems.append(f"no test names {code} ({enumerator})")

for problem in problems:
    print(problem)
print(f"{passed} passed, {len(problems)} failed")
sys.exit(1 if problems else 0)
