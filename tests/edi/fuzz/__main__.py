"""`make fuzz-edi MINUTES=10`: each decoder under a coverage-guided fuzzer (atheris, libFuzzer); stops at what breaks.

What it finds new goes into a folder of its own; `--keep` merges what adds coverage into tests/edi/corpus,
which the tests replay.
"""

import argparse
from importlib import import_module
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).parents[1] / "corpus"
TOKENS = Path(__file__).parent / "tokens.dict"
LONGEST = 2_048
"""Bytes of one input."""


def fuzz(decoder: str, arguments: list[str]) -> None:
    """Runs until libFuzzer ends the process."""
    atheris: Any = import_module("atheris")
    with atheris.instrument_imports(include=["edi"]):
        targets = import_module("tests.edi.fuzz.targets").TARGETS
    atheris.Setup([f"fuzz-{decoder}", *arguments], targets[decoder])
    atheris.Fuzz()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.edi.fuzz", description=__doc__)
    parser.add_argument("decoder", choices=("x12", "edifact"))
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--found", type=Path, default=Path(".fuzz"), help="folder for what is found")
    parser.add_argument("--keep", action="store_true", help="merge what was found into the corpus instead of fuzzing")
    given = parser.parse_args()
    found, kept = given.found / given.decoder, CORPUS / given.decoder
    found.mkdir(parents=True, exist_ok=True)
    common = [f"-max_len={LONGEST}", f"-dict={TOKENS}", "-timeout=20", "-rss_limit_mb=1500", "-print_final_stats=1"]
    if given.keep:
        fuzz(given.decoder, ["-merge=1", *common, str(kept), str(found)])
    limit, artefacts = (
        f"-max_total_time={int(given.minutes * 60)}",
        f"-artifact_prefix={given.found}/broke-{given.decoder}-",
    )
    fuzz(given.decoder, [limit, artefacts, *common, str(found), str(kept)])


if __name__ == "__main__":
    main()
