"""A header is read at the hub, and the rest of the file is left there."""

from pathlib import Path

import pytest

from engine.cancel import CancelToken
from engine.errors import AccessNeeded, BadModelFile, Cancelled, HubUnreachable
from engine.library.gguf_cursor import MAX_HEADER_BYTES
from engine.library.gguf_header import read_header
from engine.library.vocabulary import vocabulary_of
from tests.engine.library.hub.setting import FILE, REPO, RIGHT, Setting
from tests.gguf_files import write_chat_model
from tests.hub_server import CutAfter, WithoutRanges


@pytest.fixture
def local(setting: Setting, tmp_path: Path) -> Path:
    """The same model on the disk."""
    path = tmp_path / FILE
    write_chat_model(path)
    setting.server.repos[REPO].files[FILE] = path.read_bytes()
    return path


def test_it_is_the_header_of_the_file(setting: Setting, local: Path) -> None:
    header, expected = setting.hub.header(setting.model()), read_header(local)
    assert header.metadata.keys() == expected.metadata.keys()
    assert header.tensors == expected.tensors
    vocabulary, same = vocabulary_of(header), vocabulary_of(expected)
    assert vocabulary
    assert same
    assert vocabulary.fingerprint == same.fingerprint
    (request,) = setting.asked
    assert request.headers["range"] == f"bytes=0-{MAX_HEADER_BYTES - 1}"


@pytest.mark.parametrize("fault", [CutAfter(2_000_000), WithoutRanges()])
def test_the_rest_of_a_file_is_not_waited_for(
    setting: Setting, local: Path, fault: CutAfter | WithoutRanges
) -> None:
    setting.server.repos[REPO].files[FILE] = local.read_bytes() + bytes(5_000_000)
    setting.server.faults.append(fault)
    assert setting.hub.header(setting.model()).tensors == read_header(local).tensors


def test_a_cut_connection_is_tried_again(setting: Setting, local: Path) -> None:
    setting.server.faults.append(CutAfter(100))
    assert setting.hub.header(setting.model()).tensors == read_header(local).tensors
    assert setting.waits == [1]


def test_a_connection_that_is_always_cut_is_given_up(setting: Setting, local: Path) -> None:
    setting.server.faults.extend([CutAfter(100)] * 20)
    with pytest.raises(HubUnreachable):
        setting.hub.header(setting.model())


def test_what_is_no_model_is_named(setting: Setting) -> None:
    with pytest.raises(BadModelFile, match=rf"^{FILE} is not a GGUF file\.$"):
        setting.hub.header(setting.model())


def test_a_gated_file_says_what_to_do(setting: Setting) -> None:
    model = setting.model()
    setting.server.repos[REPO].opens_for = RIGHT
    with pytest.raises(AccessNeeded, match="is gated"):
        setting.hub.header(model)


def test_it_can_be_stopped(setting: Setting, local: Path) -> None:
    cancel = CancelToken()
    model = setting.model()
    cancel.cancel()
    with pytest.raises(Cancelled):
        setting.hub.header(model, cancel=cancel)
