"""What the fuzzer once found interesting is read or refused by name, for ever; `make fuzz-edi` looks for more."""

from pathlib import Path

import pytest

from tests.edi.fuzz.targets import TARGETS

CORPUS = Path(__file__).parent / "corpus"


@pytest.mark.parametrize("decoder", sorted(TARGETS))
def test_the_whole_corpus_is_read_or_refused_by_name(decoder: str) -> None:
    files = sorted((CORPUS / decoder).iterdir())
    assert len(files) >= 20
    for file in files:
        TARGETS[decoder](file.read_bytes())


@pytest.mark.parametrize("decoder", sorted(TARGETS))
def test_each_decoder_takes_what_the_other_refuses(decoder: str) -> None:
    files = [file for folder in TARGETS for file in sorted((CORPUS / folder).iterdir())]
    for file in files:
        TARGETS[decoder](file.read_bytes()[:500])
    assert len(files) >= 40
