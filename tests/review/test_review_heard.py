from review_fakes import make_record

from edge_router.review.heard import group_heard


def test_a_text_is_there_once_with_its_newest_record_the_newest_text_first():
    heard = group_heard(
        [
            make_record(1, "dim it"),
            make_record(2, "tea"),
            make_record(3, "  Dim  IT "),
            make_record(4, "ring"),
        ]
    )
    assert [(each.text, each.record.id, each.times) for each in heard] == [
        ("ring", "1-4", 1),
        ("  Dim  IT ", "1-3", 2),
        ("tea", "1-2", 1),
    ]


def test_a_reply_is_no_text_of_its_own_but_what_came_of_it_counts():
    asked = make_record(1, "wake me")
    replied = make_record(2, "wake me", is_reply=True, tool="alarm", tokens_in=30)
    [heard] = group_heard([asked, replied])
    assert (heard.times, heard.record.id, heard.model_tool) == (1, "1-2", "alarm")


def test_texts_that_were_not_kept_are_blank_or_were_judged_are_left_out():
    records = [make_record(1, None), make_record(2, " \n"), make_record(3, "tea")]
    assert group_heard(records, judged={"hash of tea"}) == []


def test_what_the_language_model_chose_is_kept_though_it_was_not_asked_again():
    records = [make_record(1, "cuppa", tool="tea"), make_record(2, "cuppa", "dim")]
    [heard] = group_heard(records)
    assert (heard.model_tool, heard.decided) == ("tea", "dim")


def test_a_tool_that_was_proposed_is_the_routers_own():
    record = make_record(1, "unlock", tool="door", candidate="door", reason="needs_confirmation")
    [heard] = group_heard([record])
    assert (heard.model_tool, heard.decided) == (None, "door")
