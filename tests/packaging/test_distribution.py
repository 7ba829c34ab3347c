"""What packages are made of: files that parse, name each other and exist; sums, sizes and options.

macOS, Windows, Flatpak and AppImage are built elsewhere, so here their files are only read.
"""

import importlib.util
import plistlib
import re
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree.ElementTree import Element

import pytest
import yaml
from defusedxml import ElementTree
from PySide6.QtGui import QImage

import freeze
from desktop.start import APP_ID

ROOT = Path(__file__).parents[2]
PACKAGING = ROOT / "packaging"
LINUX = PACKAGING / "linux"
MADE = ("dist/", "build/")


def script(path: str) -> ModuleType:
    """A script of `packaging`, imported as it imports its neighbours."""
    file = PACKAGING / path
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read_yaml(path: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))


def read_xml(path: Path) -> Element:
    root = ElementTree.parse(path).getroot()
    assert root is not None
    return root


def only(root: Element, path: str) -> Element:
    (found,) = root.iterfind(path)
    return found


def desktop_entry() -> dict[str, str]:
    lines = (LINUX / f"{APP_ID}.desktop").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "[Desktop Entry]"
    return dict(line.split("=", 1) for line in lines[1:])


def test_the_desktop_entry_opens_models() -> None:
    entry = desktop_entry()
    assert entry["Exec"] == "outrider %f"
    assert entry["Icon"] == APP_ID
    assert entry["MimeType"] == "application/x-gguf;"


def test_the_metainfo_is_of_this_app_and_version() -> None:
    root = read_xml(LINUX / f"{APP_ID}.metainfo.xml")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert root.findtext("id") == APP_ID
    assert root.findtext("launchable") == f"{APP_ID}.desktop"
    assert root.findtext("project_license") == project["license"]
    assert only(root, "releases/release").get("version") == project["version"]
    assert {found.text for found in root.iterfind("provides/binary")} == {
        *project["scripts"],
        *project["gui-scripts"],
    }


def test_a_gguf_is_known_by_its_name_and_its_first_bytes() -> None:
    space = "{http://www.freedesktop.org/standards/shared-mime-info}"
    (kind,) = read_xml(LINUX / f"{APP_ID}.mime.xml")
    assert kind.get("type") == "application/x-gguf"
    assert only(kind, f"{space}glob").get("pattern") == "*.gguf"
    assert only(kind, f"{space}magic/{space}match").get("value") == "GGUF"


def test_what_nfpm_packs_exists_or_is_made() -> None:
    contents = read_yaml(LINUX / "nfpm.yaml")["contents"]
    sources = [item["src"] for item in contents if item.get("type") != "symlink"]
    assert len(sources) > 4
    for source in sources:
        assert source.startswith(MADE) or (ROOT / source).is_file()
    links = {item["dst"] for item in contents if item.get("type") == "symlink"}
    documents = "/usr/share/doc/outrider/licences"
    assert links == {"/usr/bin/outrider", "/usr/bin/outrider-engine", documents}


def test_packages_hold_nothing_of_a_person() -> None:
    for item in read_yaml(LINUX / "nfpm.yaml")["contents"]:
        assert item["dst"].startswith(("/opt/outrider", "/usr/"))


def test_icons_are_made_in_all_sizes(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(LINUX / "icons.py"), str(tmp_path)], check=True)
    for size in (16, 48, 512):
        image = QImage(str(tmp_path / f"{size}x{size}" / "apps" / f"{APP_ID}.png"))
        assert (image.width(), image.height()) == (size, size)
        assert image.pixelColor(0, 0).alpha() < 255  # outside the round corner
        assert image.pixelColor(size // 2, size // 2).alpha() == 255
    assert (tmp_path / "scalable" / "apps" / f"{APP_ID}.svg").is_file()


def test_the_flatpak_may_not_read_the_home_folder() -> None:
    manifest = read_yaml(PACKAGING / "flatpak" / f"{APP_ID}.yaml")
    assert manifest["id"] == APP_ID
    assert not [word for word in manifest["finish-args"] if "filesystem" in word]
    (module,) = manifest["modules"]
    for source in module["sources"]:
        path = (PACKAGING / "flatpak" / source["path"]).resolve()
        assert path.exists() or str(path.relative_to(ROOT)).startswith(MADE)


def test_the_entitlements_allow_our_libraries_and_nothing_else() -> None:
    rights = plistlib.loads((PACKAGING / "macos" / "entitlements.plist").read_bytes())
    assert rights == {"com.apple.security.cs.disable-library-validation": True}


def test_the_windows_installer_needs_no_administrator() -> None:
    text = (PACKAGING / "windows" / "outrider.iss").read_text(encoding="utf-8")
    sections = re.findall(r"^\[(\w+)\]$", text, re.MULTILINE)
    assert sections == ["Setup", "Tasks", "Files", "Icons", "Registry", "Run"]
    assert "PrivilegesRequired=lowest" in text
    assert f"AppId={APP_ID}" in text
    assert "UninstallDelete" not in text
    assert text.count(".gguf") >= 3


@pytest.mark.parametrize("path", ["linux/appimage.sh", "macos/make_dmg.sh"])
def test_shell_scripts_parse_and_name_files_that_exist(path: str) -> None:
    file = PACKAGING / path
    subprocess.run(["sh", "-n", str(file)], check=True)
    named = re.findall(r"packaging/[\w/]+\.(?:py|plist|svg)", file.read_text(encoding="utf-8"))
    assert named
    for name in named:
        assert (ROOT / name).is_file()


def test_sizes_name_the_largest_files(tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(b"x" * 30)
    (tmp_path / "small").write_bytes(b"x" * 10)
    (tmp_path / "link").symlink_to("big")
    assert freeze.sizes(tmp_path, count=1) == [(".", 40), ("big", 30)]


def test_the_archive_holds_the_folder_and_no_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = script("linux/pack.py")
    folder = tmp_path / "dist" / "outrider"
    folder.mkdir(parents=True)
    (folder / "outrider").write_text("program")
    monkeypatch.setattr(pack, "FOLDER", folder)
    # What runs the tests may have no xz.
    squeeze = "import lzma, sys; sys.stdout.buffer.write(lzma.compress(sys.stdin.buffer.read()))"
    monkeypatch.setattr(pack, "COMPRESS", (sys.executable, "-c", squeeze))
    package = pack.pack("tar")
    with tarfile.open(package) as archive:
        members = {Path(member.name).name: member.uname for member in archive}
    assert members["outrider"] == "root"
    assert re.fullmatch(rf"[0-9a-f]{{64}}  {package.name}", pack.sum_line(package))
