"""Finds personal data that has a shape: by patterns, and by checksums where there are any."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

Part = tuple[int, int, str]
"""Begin, end and kind."""

# Each pattern looks at a character a bounded number of times, so that no text takes long.
_MAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]++@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}")
_URL = re.compile(r"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{1,20}://[^\s<>\"'`{}|\\^]++", re.IGNORECASE)
_URL_END = ".,;:!?)]"
_SECRET = re.compile(
    r"(key|token|secret|passw(or)?d|pwd|sig(nature)?|auth|credentials?|session(_?id)?)$",
    re.IGNORECASE,
)
# Cards begin with 2 to 6; what begins with 1 and has as many digits is mostly a time stamp.
_CARD = re.compile(r"(?<![\w.])[2-6](?:[ -]?[0-9]){12,18}(?!\w)")
_IBAN = re.compile(r"(?<!\w)([A-Za-z]{2})[0-9]{2}")
_NEXT_DIGIT = r"(?:[ ./()\u00a0\u2011-]{0,2}[0-9])"
_PHONE = re.compile(
    rf"""(?<![\w.])(?:
      (?:\+|00)[ ]?[1-9]{_NEXT_DIGIT}{{6,14}}                       # +49 171 2345678
    | \(?0[1-9]{_NEXT_DIGIT}{{7,10}}                                 # 0171 2345678
    | \(?[2-9][0-9]{{2}}\)?[ .-]?[2-9][0-9]{{2}}[ .-][0-9]{{4}}        # (555) 234-5678
    )(?!\w)""",
    re.VERBOSE,
)
_DATE = re.compile(r"[0-9]{1,2}([./-])[0-9]{1,2}\1[0-9]{4}")
_IPV4 = re.compile(r"(?<![\w.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?!\w|\.[0-9])")
_IPV6 = re.compile(r"(?<![\w:.])(?=[0-9a-f]*:)[0-9a-f:.]{3,45}+(?!\w)", re.IGNORECASE)
# Characters of an IBAN by country, from the IBAN registry that SWIFT keeps for ISO 13616.
_IBAN_CHARS = {
    country: n_chars
    for n_chars, countries in {
        15: "NO",
        16: "BE",
        18: "DK FI FK FO GL NL SD",
        19: "MK SI",
        20: "AT BA EE KZ LT LU MN XK",
        21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA",
        23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST",
        26: "IS TR",
        27: "BI DJ FR GR IT MC MR SM",
        28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
        29: "BR EG PS QA UA",
        30: "JO KW MU YE",
        31: "MT SC",
        32: "LC",
        33: "RU",
    }.items()
    for country in countries.split()
}


def find_personal_data(text: str) -> Iterator[Part]:
    """Every part of ``text`` that is personal by its shape; parts may overlap."""
    for find in (_find_mails, _find_urls, _find_cards, _find_ibans, _find_phones, _find_addresses):
        yield from find(text)


def has_luhn_sum(digits: str) -> bool:
    """Whether the last of ``digits`` checks the others (ISO/IEC 7812-1, annex B)."""
    doubled = (2 * int(digit) for digit in digits[-2::-2])
    total = sum(map(int, digits[-1::-2])) + sum(value - 9 * (value > 9) for value in doubled)
    return total % 10 == 0


def has_iban_sum(iban: str) -> bool:
    """Whether an IBAN without spaces has the remainder 1 (ISO 7064, MOD 97-10)."""
    turned = iban[4:] + iban[:4]
    return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1


def _find_mails(text: str) -> Iterator[Part]:
    for match in _MAIL.finditer(text):
        yield (*match.span(), "MAIL")


def _find_urls(text: str) -> Iterator[Part]:
    for match in _URL.finditer(text):
        url = match[0].rstrip(_URL_END)
        if _holds_secret(url):
            yield match.start(), match.start() + len(url), "URL"


def _holds_secret(url: str) -> bool:
    try:
        parts = urlsplit(url)
        fields = parse_qsl(parts.query) + parse_qsl(parts.fragment)
    except ValueError:
        return True  # what cannot be read is better hidden
    return "@" in parts.netloc or any(_SECRET.search(name) for name, value in fields)


def _find_cards(text: str) -> Iterator[Part]:
    for match in _CARD.finditer(text):
        if has_luhn_sum(re.sub(r"[ -]", "", match[0])):
            yield (*match.span(), "CARD")


def _find_ibans(text: str) -> Iterator[Part]:
    for begin in _IBAN.finditer(text):
        n_chars = _IBAN_CHARS.get(begin[1].upper())
        if n_chars is None:
            continue
        match = re.compile(rf"(?:[ -]?[A-Za-z0-9]){{{n_chars - 4}}}(?!\w)").match(text, begin.end())
        if match and has_iban_sum(re.sub(r"[ -]", "", begin[0] + match[0])):
            yield begin.start(), match.end(), "IBAN"


def _find_phones(text: str) -> Iterator[Part]:
    for match in _PHONE.finditer(text):
        if not _DATE.match(match[0]):
            yield (*match.span(), "PHONE")


def _find_addresses(text: str) -> Iterator[Part]:
    for pattern in (_IPV4, _IPV6):
        for match in pattern.finditer(text):
            shown = match[0].rstrip(".")
            shown = shown if shown.endswith("::") else shown.rstrip(":")
            if _is_address(shown):
                yield match.start(), match.start() + len(shown), "IP"


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return text != "::"
