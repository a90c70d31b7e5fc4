"""What is said after erasing: what went, what stays, how long backups hold it."""

from handlers.erasing import Erasing, kind_of, report

DAYS = {"backup_days": 14, "erase_after_days": 30, "hook_days": 7}


def test_each_key_is_named_by_what_it_sealed() -> None:
    subjects = ("order:shop/1", "acme/1", "message:ab", "clarus-hook:main/goods_out/1")
    assert [kind_of(subject) for subject in subjects] == ["order", "parked", "parked", "webhook"]


def test_it_says_what_went_what_is_kept_and_for_how_long_elsewhere() -> None:
    first, second, kept, backups, nameless, elsewhere = report(
        "shop/1", Erasing(state="ended", dropped=("order", "parked")), **DAYS
    )
    assert "erased: name, address" in first and "erased: the bodies of parked" in second
    assert "kept" in kept and "14 days" in backups and "30 days" in nameless and " 7 days" in nameless
    assert "ask them" in elsewhere


def test_nothing_erased_is_not_called_erased() -> None:
    for done, words in ((Erasing(state="ended"), "nothing of its buyer"), (Erasing(), "no such order")):
        lines = report("shop/1", done, **DAYS)
        assert words in lines[0] and not any("erased: " in line for line in lines)
