"""Personal data is taken out and put back, and no text can forge a placeholder."""

import itertools
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_router.errors import RemoteSettingError
from edge_router.remote import Redaction, Redactor
from edge_router.remote.personal_data import has_iban_sum, has_luhn_sum
from edge_router.remote.redact import PLACEHOLDER

NAMES = ["Anna Smith", "José", "田中", "O'Neill", "Bo"]


@pytest.fixture
def redaction() -> Redaction:
    return Redaction(Redactor(NAMES))


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("mail anna.smith+x@example.org.", "mail [MAIL_1]."),
        ("<bob@mail.example.co.uk>, jürgen@müller.de", "<[MAIL_1]>, [MAIL_2]"),
        ("call +49 171 2345678 now", "call [PHONE_1] now"),
        ("+1 (555) 234-5678, 0049-171-2345678", "[PHONE_1], [PHONE_2]"),
        ("0171/2345678 or (0171) 234 56 78", "[PHONE_1] or [PHONE_2]"),
        ("555-234-5678 or (555) 234-5678", "[PHONE_1] or [PHONE_2]"),
        ("01 23 45 67 89", "[PHONE_1]"),
        ("card 4111 1111 1111 1111", "card [CARD_1]"),
        ("378282246310005 and 5555-5555-5555-4444", "[CARD_1] and [CARD_2]"),
        ("pay DE89 3704 0044 0532 0130 00 today", "pay [IBAN_1] today"),
        ("GB82WEST12345698765432, no9386011117947", "[IBAN_1], [IBAN_2]"),
        ("host 192.168.0.1 and 10.0.0.255.", "host [IP_1] and [IP_2]."),
        ("fe80::1: up, 2001:db8::8a2e:370:7334", "[IP_1]: up, [IP_2]"),
        ("::ffff:192.0.2.1", "[IP_1]"),
        ("https://user:pw@example.org/x", "[URL_1]"),
        ("(see https://example.org/?api_key=123&q=1).", "(see [URL_1])."),
        ("https://example.org/#access_token=abc", "[URL_1]"),
        ("postgres://u:p@db/x", "[URL_1]"),
        ("https://[broken", "[URL_1]"),
        ("ask Anna Smith, ANNA  smith's or anna-smith", "ask [NAME_1], [NAME_2]'s or [NAME_3]"),
        ("JOSE\u0301 and josé", "[NAME_1] and [NAME_2]"),
        ("田中さんに電話", "[NAME_1]さんに電話"),
        ("o\u2019neill", "[NAME_1]"),
        ("tell bo", "tell [NAME_1]"),
    ],
)
def test_personal_data_is_found(redaction, text, hidden):
    assert redaction.hide(text) == hidden
    assert redaction.show(hidden) == text


@pytest.mark.parametrize(
    "text",
    [
        "turn the lights down to 40 %",
        "card 4111 1111 1111 1112",
        "GB83WEST12345698765432",
        "XX82 WEST 1234 5698 7654 32",
        "on 01.02.2026 10:30 and 08-05-2026",
        "2026-11-24T18:03:22Z",
        "at 12:30:45 or 9:30",
        "1700000000 and 1700000000000",
        "version 1.2.3 or 1.2.3.4.5",
        "256.1.1.1",
        "std::vector, ::, a:b",
        "https://example.org/?q=key",
        "@home, a@b, me@localhost",
        "Smith Anna, Annas, Bob, boat",
        "3.14159265358979",
        "[1] [a] [MAIL] [MAIL_x]",
        "",
    ],
)
def test_what_only_looks_like_it_stays(redaction, text):
    assert redaction.hide(text) == text


def test_the_same_text_has_the_same_placeholder_in_every_text_of_a_request(redaction):
    assert redaction.hide("a@b.de and c@d.de") == "[MAIL_1] and [MAIL_2]"
    assert redaction.hide("c@d.de") == "[MAIL_2]"


def test_what_overlaps_goes_as_one(redaction):
    redaction = Redaction(Redactor(["mail anna"]))
    assert redaction.hide("to mail anna.smith@example.org now") == "to [NAME_1] now"


def test_a_placeholder_in_the_text_is_taken_out_itself(redaction):
    hidden = redaction.hide("a@b.de says [MAIL_1] and [TEXT_1]")
    assert hidden == "[MAIL_1] says [TEXT_1] and [TEXT_2]"
    assert redaction.show("[TEXT_1] or [MAIL_1]") == "[MAIL_1] or a@b.de"


def test_a_placeholder_that_was_never_given_stays(redaction):
    assert redaction.show("[MAIL_7] [OTHER_1]") == "[MAIL_7] [OTHER_1]"


def test_values_are_hidden_in_texts_keys_and_numbers(redaction):
    value = {"a@b.de": ["+49 171 2345678", 4111111111111111, 40, 2.5, True, None]}
    hidden = redaction.hide_value(value)
    assert hidden == {"[MAIL_1]": ["[PHONE_1]", "[CARD_1]", 40, 2.5, True, None]}
    shown = redaction.show_value(hidden)
    assert shown == {"a@b.de": ["+49 171 2345678", "4111111111111111", 40, 2.5, True, None]}


def test_without_a_redactor_nothing_is_hidden():
    assert Redaction(None).hide("a@b.de [MAIL_1]") == "a@b.de [MAIL_1]"
    assert Redaction(None).hide_value({"a": 4111111111111111}) == {"a": 4111111111111111}


def test_neither_shows_what_it_hides_when_printed(redaction):
    redaction.hide("a@b.de")
    assert repr(redaction) == "Redaction(1 hidden)"
    assert "Anna" not in repr(Redactor(NAMES))


def test_a_name_without_letters_is_refused():
    with pytest.raises(RemoteSettingError):
        Redactor(["Anna", "--"])


def test_a_hundred_thousand_names_are_no_slower_to_search():
    redactor = Redactor(f"Given{i} Family{i}" for i in range(100_000))
    started = time.monotonic()
    assert Redaction(redactor).hide("ask Given7 Family7 " * 100) == "ask [NAME_1] " * 100
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "piece",
    [
        "x",
        "1 ",
        "a.-",
        ":",
        "DE12 ",
        "[A",
        "1.1.",
        "http://",
        "(0",
        "@",
        "a@a.",
        "4 ",
        "+1 ",
        "[MAIL_",
    ],
)
def test_no_text_takes_long(redaction, piece):
    text = piece * 20_000
    started = time.monotonic()
    assert redaction.show(redaction.hide(text)) == text
    assert time.monotonic() - started < 5


TEXTS = st.lists(
    st.sampled_from(
        [
            *(
                "a@b.de",
                "+49 171 2345678",
                "4111 1111 1111 1111",
                "DE89370400440532013000",
                "10.0.0.1",
                "::1",
            ),
            *(
                "https://u:p@h/",
                "Anna",
                " Smith",
                "Anna Smith",
                "田中",
                "Bo",
                "MAIL_1",
                "[",
                "]",
                "_",
                "1",
                " ",
                "\n",
            ),
            *("[MAIL_1]", "[TEXT_1]", "[NAME_1]", "[PHONE_12]", "[MAIL_", "x", ".", "@"),
        ]
    )
    | st.text(max_size=3),
    max_size=12,
).map("".join)


@settings(deadline=None)
@given(st.lists(TEXTS, max_size=4))
def test_every_text_comes_back_as_it_was(texts):
    redaction = Redaction(Redactor(NAMES))
    hidden = [redaction.hide(text) for text in texts]
    assert [redaction.show(text) for text in hidden] == texts


@settings(deadline=None)
@given(TEXTS)
def test_every_placeholder_is_ours_and_stands_for_one_part(text):
    redactor = Redactor(NAMES)
    redaction = Redaction(redactor)
    hidden = redaction.hide(text)
    parts = [text[found.start : found.end] for found in redactor.find(text)]
    assert [redaction.show(placeholder) for placeholder in PLACEHOLDER.findall(hidden)] == parts


@settings(deadline=None)
@given(TEXTS, st.lists(st.integers(0, 400), max_size=30))
def test_a_streamed_text_comes_back_however_it_is_cut(text, cuts):
    redaction = Redaction(Redactor(NAMES))
    hidden = redaction.hide(text)
    places = sorted({0, len(hidden), *(cut % (len(hidden) + 1) for cut in cuts)})
    restorer = redaction.show_stream()
    told = [restorer.feed(hidden[a:b]) for a, b in itertools.pairwise(places)]
    assert "".join([*told, restorer.finish()]) == text


def test_a_stream_waits_for_the_end_of_a_placeholder_only(redaction):
    redaction.hide("a@b.de")
    restorer = redaction.show_stream()
    told = [restorer.feed(piece) for piece in ("write ", "to [", "MA", "IL_", "1", "] [ok] [", "x")]
    assert told == ["write ", "to ", "", "", "", "a@b.de [ok] ", "[x"]
    assert restorer.finish() == ""


def test_a_stream_that_ends_in_half_a_placeholder_says_so(redaction):
    restorer = redaction.show_stream()
    assert restorer.feed("see [MAIL_") == "see "
    assert restorer.finish() == "[MAIL_"


@settings(deadline=None)
@given(st.integers(0, 10**18), st.integers(0, 15), st.integers(1, 9))
def test_luhns_sum_finds_every_wrong_digit(number, place, change):
    digits = next(
        f"{number:015d}{last}" for last in "0123456789" if has_luhn_sum(f"{number:015d}{last}")
    )
    wrong = (int(digits[place]) + change) % 10
    assert not has_luhn_sum(f"{digits[:place]}{wrong}{digits[place + 1 :]}")


@settings(deadline=None)
@given(st.integers(0, 10**18 - 1), st.integers(4, 21), st.integers(1, 9))
def test_modulo_97_finds_every_wrong_digit(number, place, change):
    account = f"{number:018d}"
    check = 98 - int(account + "131400") % 97
    iban = f"DE{check:02d}{account}"
    assert has_iban_sum(iban)
    wrong = (int(iban[place]) + change) % 10
    assert not has_iban_sum(f"{iban[:place]}{wrong}{iban[place + 1 :]}")
