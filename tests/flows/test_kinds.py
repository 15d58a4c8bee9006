"""What an account can be used for."""

import pytest

from custom_components.openai_conversation.const import SubentryType
from custom_components.openai_conversation.flows.kinds import KINDS


@pytest.mark.parametrize("kind", SubentryType)
def test_every_kind_has_its_form_and_a_title_of_its_own(kind: SubentryType) -> None:
    titles = [KINDS[each].title for each in SubentryType]

    assert titles.count(KINDS[kind].title) == 1
