"""Above the chat: what gives way where there is little room."""

import pytest

from desktop.app import Desktop
from desktop.views import pair_button


@pytest.mark.parametrize(
    ("name", "brief"),
    [
        ("Qwen3-32B-Q4_K_M", "Qwen3-32B"),
        ("gemma-3-27b-it.IQ2_XXS", "gemma-3-27b-it"),
        ("model-F16", "model"),
        ("qwen-1.5b", "qwen-1.5b"),
        ("Q4_K_M", "Q4_K_M"),
    ],
)
def test_a_brief_name_has_no_quantization(name: str, brief: str) -> None:
    assert pair_button.without_quantization(name) == brief


def test_a_narrow_chat_has_the_title_rather_than_the_quantizations(app: Desktop) -> None:
    button = app.window.page.header.pair_button
    app.window.resize(1280, 800)
    whole = button.sizeHint().width()
    app.window.resize(900, 600)
    assert button.sizeHint().width() < whole
    assert "Q4_K_M" in button.toolTip()
