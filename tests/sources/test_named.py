from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image as Pillow

from livestyle.errors import SourceError
from livestyle.sources.camera import CameraSource
from livestyle.sources.demo import DemoSource
from livestyle.sources.named import open_source
from livestyle.sources.pictures import PictureSource
from livestyle.sources.playlist import Playlist
from livestyle.sources.screen import ScreenSource
from livestyle.sources.several import as_list
from livestyle.sources.source import FrameSource
from livestyle.sources.video import VideoSource


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("demo", DemoSource, "Demo scene"),
        (" Demo ", DemoSource, "Demo scene"),
        ("camera", CameraSource, "Camera"),
        ("camera:", CameraSource, "Camera"),
        ("camera:HD Pro: front", CameraSource, "HD Pro: front"),
        ("Camera: Cam", CameraSource, "Cam"),
        ("2", CameraSource, "Camera 2"),
        ("rtsp://me:secret@10.0.0.1:554/cam?key=1", VideoSource, "rtsp://10.0.0.1:554/cam"),
        ("https://host/clip.mp4", VideoSource, "https://host/clip.mp4"),
        ("udp://@239.0.0.1:1234", VideoSource, "udp://239.0.0.1:1234"),
        ("some/clip.mp4", VideoSource, "clip.mp4"),
        ("./demo", VideoSource, "demo"),
        ("file:///tmp/a%20clip.mkv", VideoSource, "a clip.mkv"),
        ("file:///tmp/50%2525.mkv", VideoSource, "50%25.mkv"),
        ("~nobody-of-that-name.mp4", VideoSource, "~nobody-of-that-name.mp4"),
        ("http://[no address", VideoSource, "http://…"),
        ("C:clip.mp4", VideoSource, "C:clip.mp4"),
        ("photo.JPG", PictureSource, "photo.JPG"),
        ("a.mp4\n b.jpg \n", Playlist, "a.mp4"),
        (" a.mp4\n", VideoSource, "a.mp4"),
        ("screen", ScreenSource, "Screen 1"),
        ("Screen:2", ScreenSource, "Screen 2"),
        ("screen:640x480+10+20", ScreenSource, "Part of the screen"),
        ("window:Notes", ScreenSource, "Notes"),
        ("./screen", VideoSource, "screen"),
    ],
)
@pytest.mark.parametrize("live", [True, False])
def test_a_text_names_a_source(text: str, kind: type[FrameSource], name: str, live: bool) -> None:
    source = open_source(text, live=live)
    assert type(source) is kind
    assert source.name == name
    assert source.is_live == (live or kind in (CameraSource, ScreenSource, Playlist))


def test_a_folder_means_its_pictures_or_live_its_videos_too(tmp_path: Path) -> None:
    assert isinstance(open_source(str(tmp_path), live=False), PictureSource)
    assert isinstance(open_source(str(tmp_path), live=True), Playlist)


def test_the_places_of_a_list_are_written_as_one_alone_is(make_clip) -> None:
    clip = make_clip(frames=2, rate=100)
    with open_source(as_list([clip.as_uri(), str(clip)]), live=True) as source:
        frames = iter(source)
        assert [source.name for _ in zip(range(3), frames, strict=False)] == ["1/2 clip.mp4"] * 2 + ["2/2 clip.mp4"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are files of Unix")
@pytest.mark.parametrize("name", ["pipe", "pipe.mp4", "pipe.png"])
def test_a_named_pipe_is_refused_at_once(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(SourceError, match="is a named pipe"):
        open_source(str(tmp_path / name), live=True).open()


def test_a_path_that_is_not_there_is_told_when_it_is_opened() -> None:
    with pytest.raises(SourceError, match=r"no file .*holiday\.mp4"):
        open_source("holiday.mp4", live=True).open()


def test_a_live_file_plays_over_and_over(make_clip) -> None:
    with open_source(str(make_clip(frames=2, rate=100)), live=True) as source:
        frames = iter(source)
        assert max(next(frames).time_s for _ in range(5)) > 0.03


def test_the_home_folder_may_be_short(make_clip, monkeypatch: pytest.MonkeyPatch) -> None:
    clip = make_clip()
    monkeypatch.setenv("HOME", str(clip.parent))
    monkeypatch.setenv("USERPROFILE", str(clip.parent))
    with open_source("~/clip.mp4", live=False) as source:
        assert next(iter(source)).image.shape == (48, 64, 3)


@pytest.mark.parametrize("suffix", ["gif", "webp", "apng"])
def test_a_picture_that_moves_is_a_video(tmp_path: Path, suffix: str) -> None:
    frames = [Pillow.new("RGB", (32, 24), (level, 90, 0)) for level in (20, 200)]
    frames[0].save(tmp_path / f"still.{suffix}", "png" if suffix == "apng" else suffix)
    frames[0].save(
        tmp_path / f"moves.{suffix}", "png" if suffix == "apng" else suffix, save_all=True, append_images=frames[1:]
    )
    assert isinstance(open_source(str(tmp_path / f"still.{suffix}"), live=False), PictureSource)
    with open_source(str(tmp_path / f"moves.{suffix}"), live=False) as source:
        assert isinstance(source, VideoSource)
        assert [abs(int(frame.image[12, 16, 0]) - level) < 12 for frame, level in zip(source, (20, 200), strict=True)]
