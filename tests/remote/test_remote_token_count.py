"""The estimate of tokens, against the counts of a real model's tokenizer.

The counts are those of SmolLM2-135M-Instruct (49,152 tokens), asked of llama.cpp's ``/tokenize``.
"""

import pytest

from edge_router.remote.prompt import CHOICE_LINE, FINAL_WORDS_LINE
from edge_router.remote.token_count import count_request, count_tokens

ENGLISH_AND_JSON = [
    ("turn the kitchen lights down a bit", 7),
    ("what will the weather be like in Hamburg tomorrow afternoon?", 11),
    ("remind me to call the dentist at half past nine", 11),
    ("play something quiet by that Icelandic band", 7),
    ("how much did I spend on groceries in October", 9),
    (
        "Please reschedule the quarterly planning meeting to Thursday and let everybody know why.",
        16,
    ),
    ("is the garage door still open", 6),
    ("translate 'where is the railway station' into Portuguese", 10),
    (
        '{"type": "function", "function": {"name": "lights_dim", "description": "Dims the lights of a room.", "parameters": {"type": "object", "properties": {"room": {"type": "string", "enum": ["kitchen", "bedroom", "office"]}, "level": {"type": "integer", "minimum": 0, "maximum": 100, "description": "Brightness in per cent."}}, "required": ["room"]}}}',
        109,
    ),
    (
        '{"temperature": 21.5, "humidity": 63, "city": "Hamburg", "updated": "2026-11-24T18:03:22Z", "is_raining": false}',
        56,
    ),
    (
        '[{"title": "Team meeting", "start": "09:30", "end": "10:15"}, {"title": "Dentist", "start": "14:00", "end": "14:45"}]',
        57,
    ),
]
OTHER_LANGUAGES = [
    ("Wie wird das Wetter morgen in Hamburg?", 12),
    ("¿Puedes encender la luz de la cocina?", 14),
    ("Rappelle-moi d'appeler le médecin demain.", 18),
    ("Включи свет на кухне, пожалуйста.", 26),
    ("明日の朝七時に起こしてください。", 28),
    ("请把客厅的灯调暗一点。", 21),
    ("내일 아침 회의를 열 시로 옮겨 줘.", 38),
    ("أطفئ الأضواء في غرفة المعيشة", 31),
    ("शयनकक्ष की बत्ती बंद कर दो", 26),
    ("เปิดไฟในห้องครัวหน่อย", 41),
]


def test_english_and_json_are_a_few_per_cent_off_in_sum_and_a_third_each():
    estimate = sum(count_tokens(text) for text, _ in ENGLISH_AND_JSON)
    assert abs(estimate / sum(count for _, count in ENGLISH_AND_JSON) - 1) < 0.05
    assert all(2 / 3 < count_tokens(text) / count < 4 / 3 for text, count in ENGLISH_AND_JSON)


@pytest.mark.parametrize(("text", "count"), OTHER_LANGUAGES)
def test_other_languages_are_at_most_two_fifths_too_low(text, count):
    assert 0.55 < count_tokens(text) / count < 1.25


def test_literal_estimates():
    assert count_tokens("") == 0
    assert count_tokens("dim the lights") == 3
    assert count_tokens("rescheduling") == 2
    assert count_tokens("2026") == 4
    assert count_tokens('{"a": 1}') == 5
    assert count_tokens("a\n\n    b") == 3
    assert count_tokens("\ud800") >= 0


def test_a_request_is_its_messages_and_its_tools():
    messages = [{"role": "system", "content": "dim"}, {"role": "user", "content": "dim the lights"}]
    assert count_request(messages) == 1 + 3 + 2 * 4
    assert count_request(messages, [{"a": 1}]) == 1 + 3 + 2 * 4 + 5


def test_the_instructions_are_short():
    assert count_tokens(FINAL_WORDS_LINE) < 60
    assert count_tokens(CHOICE_LINE) < 60
