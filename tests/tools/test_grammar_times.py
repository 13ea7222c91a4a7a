"""Times, days, and times on days, in English; each reading that the words allow is named."""

from datetime import datetime

import pytest

from edge_router.tools.arguments import Kind, recognize

NOW = datetime(2026, 3, 4, 15, 0)  # a Wednesday


def read(text, *kinds):
    """Words and value of what is recognized, further readings behind an *or*."""
    found = [r for r in recognize(text, now=NOW) if r.kind in kinds]
    assert all(text[r.start : r.end] == r.text for r in found)
    return [(r.text, " or ".join([r.value, *r.others])) for r in found]


TIMES = [
    ("wake me up at 7.56am", "7.56am", "07:56:00"),
    ("7:56:13 pm", "7:56:13 pm", "19:56:13"),
    ("quarter to eight", "quarter to eight", "07:45:00 or 19:45:00"),
    ("it is quarter past nine pm", "quarter past nine pm", "21:15:00"),
    ("twenty five past three", "twenty five past three", "03:25:00 or 15:25:00"),
    ("3 min past eight", "3 min past eight", "08:03:00 or 20:03:00"),
    ("five to seven", "five to seven", "06:55:00 or 18:55:00"),
    ("ten o'clock", "ten o'clock", "10:00:00 or 22:00:00"),
    ("at 7 o clock", "7 o clock", "07:00:00 or 19:00:00"),
    ("12 noon", "12 noon", "12:00:00"),
    ("at midnight", "midnight", "00:00:00"),
    ("twelve thirty", "twelve thirty", "12:30:00 or 00:30:00"),
    ("at twelve thirty", "twelve thirty", "12:30:00 or 00:30:00"),
    ("nine at night", "nine at night", "21:00:00"),
    ("eight in the evening", "eight in the evening", "20:00:00"),
    ("7:00 in the morning", "7:00 in the morning", "07:00:00"),
    ("around six o'clock", "six o'clock", "06:00:00 or 18:00:00"),
    ("2 pm sharp", "2 pm", "14:00:00"),
    ("8 in the morning", "8 in the morning", "08:00:00"),
    ("afternoon at 3", "afternoon at 3", "15:00:00"),
    ("night 7:30", "night 7:30", "19:30:00"),
    ("a quarter past 4", "a quarter past 4", "04:15:00 or 16:15:00"),
    ("20 min past eight in the evening", "20 min past eight in the evening", "20:20:00"),
    ("1140 a.m.", "1140 a.m.", "11:40:00"),
    ("call me at seven thirty", "seven thirty", "07:30:00 or 19:30:00"),
    ("twelve oh five am", "twelve oh five am", "00:05:00"),
    ("at 7 sharp", "7 sharp", "07:00:00 or 19:00:00"),
    ("eleven in the morning", "eleven in the morning", "11:00:00"),
    ("10 a.m", "10 a.m", "10:00:00"),
    ("four thirty am", "four thirty am", "04:30:00"),
    ("eight twenty eight am", "eight twenty eight am", "08:28:00"),
    ("one forty five pm", "one forty five pm", "13:45:00"),
    ("quarter till 5", "quarter till 5", "04:45:00 or 16:45:00"),
    ("8:00:00am", "8:00:00am", "08:00:00"),
    ("at 5", "5", "05:00:00 or 17:00:00"),
    ("by 5 pm", "5 pm", "17:00:00"),
    ("after 10pm", "10pm", "22:00:00"),
    ("in the evening at 7", "in the evening at 7", "19:00:00"),
    ("three in the afternoon", "three in the afternoon", "15:00:00"),
    ("3 o'clock in the afternoon", "3 o'clock in the afternoon", "15:00:00"),
    ("set an alarm for six thirty", "six thirty", "06:30:00 or 18:30:00"),
    ("half past ten at night", "half past ten at night", "22:30:00"),
    ("13:30", "13:30", "13:30:00"),
    ("at 18", "18", "18:00:00"),
    ("18 o'clock", "18 o'clock", "18:00:00"),
    ("ten minutes to six", "ten minutes to six", "05:50:00 or 17:50:00"),
    ("10 minutes before six pm", "10 minutes before six pm", "17:50:00"),
    ("5 minutes after 3", "5 minutes after 3", "03:05:00 or 15:05:00"),
    ("seven p.m. sharp", "seven p.m.", "19:00:00"),
    ("at quarter past five in the morning", "quarter past five in the morning", "05:15:00"),
]


@pytest.mark.parametrize(("text", "words", "value"), TIMES)
def test_a_time_of_day(text, words, value):
    assert read(text, Kind.TIME) == [(words, value)]


DAYS = [
    ("on the 5th", "the 5th", "2026-03-05"),
    ("on march 5", "march 5", "2026-03-05"),
    ("march 5th, 2027", "march 5th, 2027", "2027-03-05"),
    ("the fifth of march", "fifth of march", "2026-03-05"),
    ("5 march", "5 march", "2026-03-05"),
    ("5/3/2026", "5/3/2026", "2026-05-03 or 2026-03-05"),
    ("03/05/2026", "03/05/2026", "2026-03-05 or 2026-05-03"),
    ("2026-03-05", "2026-03-05", "2026-03-05"),
    ("2026/3/5", "2026/3/5", "2026-03-05"),
    ("5.3.2026", "5.3.2026", "2026-03-05 or 2026-05-03"),
    ("12-25", "12-25", "2026-12-25"),
    ("on 12-25", "12-25", "2026-12-25"),
    ("Dec 25th", "Dec 25th", "2026-12-25"),
    ("25 Dec 2026", "25 Dec 2026", "2026-12-25"),
    ("december twenty fifth", "december twenty fifth", "2026-12-25"),
    ("friday", "friday", "2026-03-06"),
    ("this friday", "this friday", "2026-03-06"),
    ("next friday", "next friday", "2026-03-13 or 2026-03-06"),
    ("last friday", "last friday", "2026-02-27"),
    ("on monday", "monday", "2026-03-09"),
    ("coming sunday", "coming sunday", "2026-03-08"),
    ("next week friday", "next week friday", "2026-03-13"),
    ("friday next week", "friday next week", "2026-03-13"),
    ("wednesday of next week", "wednesday of next week", "2026-03-11"),
    ("next wednesday", "next wednesday", "2026-03-11"),
    ("tuesday after next", "tuesday after next", "2026-03-17"),
    ("a week from friday", "a week from friday", "2026-03-13"),
    ("a week from today", "a week from today", "2026-03-11"),
    ("a week from tomorrow", "a week from tomorrow", "2026-03-12"),
    ("two weeks from monday", "two weeks from monday", "2026-03-23"),
    ("in three weeks", "in three weeks", "2026-03-25"),
    ("in a week", "in a week", "2026-03-11"),
    ("in 10 days", "in 10 days", "2026-03-14"),
    ("10 days ago", "10 days ago", "2026-02-22"),
    ("three months ago", "three months ago", "2025-12-04"),
    ("a year ago", "a year ago", "2025-03-04"),
    ("two years from now", "two years from now", "2028-03-04"),
    ("a couple of days ago", "a couple of days ago", "2026-03-02"),
    ("day after tomorrow", "day after tomorrow", "2026-03-06"),
    ("the day before yesterday", "the day before yesterday", "2026-03-02"),
    ("two days after tomorrow", "two days after tomorrow", "2026-03-07"),
    ("three days before christmas", "three days before christmas", "2026-12-22"),
    ("christmas eve", "christmas eve", "2026-12-24"),
    ("new year's day 2027", "new year's day 2027", "2027-01-01"),
    ("thanksgiving", "thanksgiving", "2026-11-26"),
    ("next christmas", "next christmas", "2026-12-25"),
    ("first monday of may", "first monday of may", "2026-05-04"),
    ("the first monday in september 2026", "the first monday in september 2026", "2026-09-07"),
    ("last friday of this month", "last friday of this month", "2026-03-27"),
    ("the second tuesday of next month", "the second tuesday of next month", "2026-04-14"),
    ("last day of the month", "last day of the month", "2026-03-31"),
    ("the end of the month", "the end of the month", "2026-03-31"),
    ("the 1st of next month", "the 1st of next month", "2026-04-01"),
    ("the 15th of this month", "the 15th of this month", "2026-03-15"),
    ("15th of june", "15th of june", "2026-06-15"),
    ("monday, march 9", "monday, march 9", "2026-03-09"),
    ("mon mar 9 2026", "mon mar 9 2026", "2026-03-09"),
    ("sat, march 7th", "sat, march 7th", "2026-03-07"),
    ("sunday the 8th of march", "sunday the 8th of march", "2026-03-08"),
    ("may 1", "may 1", "2026-05-01"),
    ("on may first", "may first", "2026-05-01"),
    ("first of may", "first of may", "2026-05-01"),
    ("1st may 2026", "1st may 2026", "2026-05-01"),
    ("the 21st of december 2012", "21st of december 2012", "2012-12-21"),
    ("july four", "july four", "2026-07-04"),
    ("fourth of july", "fourth of july", "2026-07-04"),
    ("july the 4th", "july the 4th", "2026-07-04"),
    ("4th july, 2026", "4th july, 2026", "2026-07-04"),
    ("last night", "last night", "2026-03-03"),
    ("yesterday evening", "yesterday evening", "2026-03-03"),
    ("tomorrow morning", "tomorrow morning", "2026-03-05"),
    ("tonight", "tonight", "2026-03-04"),
    ("saturday morning", "saturday morning", "2026-03-07"),
    ("tomorrow's meeting", "tomorrow", "2026-03-05"),
    ("today's date", "today", "2026-03-04"),
    ("what day is today", "today", "2026-03-04"),
    ("two days later", "two days later", "2026-03-06"),
    ("5 days hence", "5 days hence", "2026-03-09"),
    ("a fortnight ago", "a fortnight ago", "2026-02-18"),
    ("a decade ago", "a decade ago", "2016-03-04"),
    ("half a year ago", "half a year ago", "2025-09-04"),
    ("one and a half years ago", "one and a half years ago", "2024-09-04"),
    ("ten days from 3/1", "ten days from 3/1", "2027-03-11 or 2027-01-13"),
    ("since last tuesday", "last tuesday", "2026-02-24 or 2026-03-03"),
    ("until next tuesday", "next tuesday", "2026-03-10"),
    ("nov 2", "nov 2", "2026-11-02"),
    ("Nov. 2nd, 2026", "Nov. 2nd, 2026", "2026-11-02"),
    ("nov/2/2026", "nov/2/2026", "2026-11-02"),
    ("02-Nov-2026", "02-Nov-2026", "2026-11-02"),
    ("2nov", "2nov", "2026-11-02"),
    ("24-12-2026", "24-12-2026", "2026-12-24"),
    ("1 january", "1 january", "2027-01-01"),
    ("I went back the 27th!", "the 27th", "2026-03-27"),
    ("this past friday", "this past friday", "2026-02-27"),
    ("two sundays from now", "two sundays from now", "2026-03-15"),
    ("2026, november 16", "2026, november 16", "2026-11-16"),
    ("monday 16", "monday 16", "2026-03-16"),
    ("in 2 business days", "in 2 business days", "2026-03-06"),
    ("the next day", "the next day", "2026-03-05"),
    ("jan 1st of next year", "jan 1st of next year", "2027-01-01"),
    ("a month from now", "a month from now", "2026-04-04"),
]


@pytest.mark.parametrize(("text", "words", "value"), DAYS)
def test_a_day(text, words, value):
    assert read(text, Kind.DATE) == [(words, value)]


MOMENTS = [
    (
        "thursday march 12th at 5",
        "thursday march 12th at 5",
        "2026-03-12T05:00:00 or 2026-03-12T17:00:00",
    ),
    ("two and a half weeks from now", "two and a half weeks from now", "2026-03-22T03:00:00"),
    ("7:30 this evening", "7:30 this evening", "2026-03-04T19:30:00"),
    ("7 in the evening on friday", "7 in the evening on friday", "2026-03-06T19:00:00"),
    ("alarm at 6:15 tomorrow morning", "6:15 tomorrow morning", "2026-03-05T06:15:00"),
    ("at noon tomorrow", "noon tomorrow", "2026-03-05T12:00:00"),
    ("tomorrow noon", "tomorrow noon", "2026-03-05T12:00:00"),
    ("tomorrow at noon", "tomorrow at noon", "2026-03-05T12:00:00"),
    ("friday noon", "friday noon", "2026-03-06T12:00:00"),
    ("tonight at midnight", "tonight at midnight", "2026-03-05T00:00:00"),
    ("at 10 tonight", "10 tonight", "2026-03-04T22:00:00"),
    ("the meeting is at 3:30 p.m. today", "3:30 p.m. today", "2026-03-04T15:30:00"),
    (
        "half past seven tomorrow",
        "half past seven tomorrow",
        "2026-03-05T07:30:00 or 2026-03-05T19:30:00",
    ),
    ("in two and a half hours", "in two and a half hours", "2026-03-04T17:30:00"),
    ("2026-03-05T07:30", "2026-03-05T07:30", "2026-03-05T07:30:00"),
    ("by eod", "eod", "2026-03-04T23:59:59"),
    ("this morning 7", "this morning 7", "2026-03-04T07:00:00"),
    ("8pm on the 15th", "8pm on the 15th", "2026-03-15T20:00:00"),
    ("do it right now", "right now", "2026-03-04T15:00:00"),
    ("10, tonight", "10, tonight", "2026-03-04T22:00:00"),
    ("ten tomorrow", "ten tomorrow", "2026-03-05T10:00:00 or 2026-03-05T22:00:00"),
    ("today at six", "today at six", "2026-03-04T18:00:00"),
    ("this night at 2", "this night at 2", "2026-03-04T02:00:00"),
]


@pytest.mark.parametrize(("text", "words", "value"), MOMENTS)
def test_a_time_on_a_day(text, words, value):
    assert read(text, Kind.DATETIME) == [(words, value)]


LENGTHS = [
    ("3 hours", "3 hours", "PT3H"),
    ("three hours and twenty minutes", "three hours and twenty minutes", "PT3H20M"),
    ("1h30m", "1h30m", "PT1H30M"),
    ("1h 30m", "1h 30m", "PT1H30M"),
    ("1 hr 20 min", "1 hr 20 min", "PT1H20M"),
    ("2h", "2h", "PT2H"),
    ("90 minutes", "90 minutes", "PT90M"),
    ("45 seconds", "45 seconds", "PT45S"),
    ("half an hour", "half an hour", "PT30M"),
    ("a half hour", "a half hour", "PT30M"),
    ("half-hour", "half-hour", "PT30M"),
    ("quarter of an hour", "quarter of an hour", "PT15M"),
    ("three quarters of an hour", "three quarters of an hour", "PT45M"),
    ("an hour and a quarter", "an hour and a quarter", "PT1H15M"),
    ("two hours and a half", "two hours and a half", "PT2H30M"),
    ("1.5 hours", "1.5 hours", "PT1H30M"),
    ("one and a half hours", "one and a half hours", "PT1H30M"),
    ("5 and a half minutes", "5 and a half minutes", "PT5M30S"),
    ("a couple minutes", "a couple minutes", "PT2M"),
    ("a few hours", "a few hours", "PT3H"),
    ("several days", "several days", "P3D"),
    ("all week", "all week", "P1W"),
    ("the whole day", "whole day", "P1D"),
    ("for 2 days and 3 hours", "2 days and 3 hours", "P2DT3H"),
    ("ten-minute", "ten-minute", "PT10M"),
    ("a 20-minute timer", "20-minute", "PT20M"),
    ("1 hour 15 minute and 30 second timer", "1 hour 15 minute and 30 second", "PT1H15M30S"),
    ("1 hour, 15 minutes and 30 seconds", "1 hour, 15 minutes and 30 seconds", "PT1H15M30S"),
    ("twenty second timer", "twenty second", "PT20S"),
    ("two-hour", "two-hour", "PT2H"),
    ("2:30 hours", "2:30 hours", "PT2H30M"),
    ("an hour", "an hour", "PT1H"),
    ("a minute", "a minute", "PT1M"),
    ("1 year", "1 year", "P1Y"),
    ("100 years", "100 years", "P100Y"),
    ("less than 5 minutes", "less than 5 minutes", "PT5M"),
    ("more than two weeks", "more than two weeks", "P2W"),
    ("every 5 minutes", "5 minutes", "PT5M"),
    ("half a minute", "half a minute", "PT30S"),
    ("half minute", "half minute", "PT30S"),
    ("half a day", "half a day", "PT12H"),
    ("one day and a half", "one day and a half", "P1DT12H"),
    ("a day and a half", "a day and a half", "P1DT12H"),
    ("2 and half hours", "2 and half hours", "PT2H30M"),
    ("2½ hours", "2½ hours", "PT2H30M"),
    ("2 1/2 hours", "2 1/2 hours", "PT2H30M"),
    ("hour and a half", "hour and a half", "PT1H30M"),
    ("an hour and 5 minutes", "an hour and 5 minutes", "PT1H5M"),
    ("3 wks", "3 wks", "P3W"),
    ("6 mos", "6 mos", "P6M"),
    ("8 yrs", "8 yrs", "P8Y"),
    ("2:30 hours", "2:30 hours", "PT2H30M"),
    ("set a timer for 45s", "45s", "PT45S"),
]


@pytest.mark.parametrize(("text", "words", "value"), LENGTHS)
def test_a_length_of_time(text, words, value):
    assert read(text, Kind.DURATION) == [(words, value)]


NO_TIME = [
    "may I come in", "the sun room", "march on", "he sat down", "a second chance", "june bug", "sunny",
    "I want to know", "9 to 5", "divide 100 by 12", "open 24/7", "every monday",
    "reserve a table for 3", "in 2 fridays", "february 30th 2026", "at 25:61", "the second",
    "what is the date", "room 101", "version 2.0", "mon ami", "the fall of rome", "april is my sister",
    "turn on the night light", "at 99", "31/04/2026", "call 555 1234", "may may", "one of them", "my next day off", "set the oven at 350",
    "she is the second",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_TIME)
def test_what_only_looks_like_a_time_is_none(text):
    assert read(text, Kind.TIME, Kind.DATE, Kind.DATETIME) == []


def test_both_ends_of_a_range_know_of_each_other():
    assert read("from 3 to 6 pm", Kind.TIME) == [("3", "15:00:00"), ("6 pm", "18:00:00")]
    assert read("9-5pm", Kind.TIME) == [("9", "09:00:00"), ("5pm", "17:00:00")]
    assert read("between april 1st and 5th", Kind.DATE) == [
        ("april 1st", "2026-04-01"),
        ("5th", "2026-04-05"),
    ]
    assert read("from the 5th to the 9th of june", Kind.DATE) == [
        ("the 5th", "2026-06-05"),
        ("9th of june", "2026-06-09"),
    ]
    assert read("from march 3 to march 9", Kind.DATE) == [
        ("march 3", "2026-03-03"),
        ("march 9", "2026-03-09"),
    ]


def test_a_length_inside_a_day_is_told_as_well():
    assert read("in ten minutes", Kind.DATETIME) == [("in ten minutes", "2026-03-04T15:10:00")]
    assert read("in ten minutes", Kind.DURATION) == [("ten minutes", "PT10M")]


def test_the_clock_is_the_one_that_is_passed():
    (found,) = recognize("tomorrow", now=datetime(1999, 12, 31, 23, 59))
    assert (found.value, found.typed.year) == ("2000-01-01", 2000)


def test_a_clock_with_a_time_zone_is_the_users_own():
    from datetime import timedelta, timezone

    now = datetime(2026, 3, 4, 15, 0, tzinfo=timezone(timedelta(hours=-8)))
    assert [r.value for r in recognize("today at six", now=now) if r.kind is Kind.DATETIME] == [
        "2026-03-04T18:00:00"
    ]
