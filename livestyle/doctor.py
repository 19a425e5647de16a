"""What of this machine livestyle can use, tried out and not just looked up, and what is missing with its fix.

Probes gather findings, each about one thing; nothing that they find can make them raise. What findings say in all, to
read or as JSON, is a function of them alone.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from livestyle import __version__, hardware
from livestyle.stylizer.failure import reason

PAINTING = "painting"
"""The section without which nothing works."""

LIBRARIES = ("av", "numpy", "opencv-python-headless", "openvino", "PyQt6", "safetensors", "torch", "torchvision")
EXPORT_LIBRARIES = ("onnx", "onnxscript", "onnxruntime")

QT_LIMIT_S = 30.0
"""How long Qt may take to start."""
_START_QT = (
    "from PyQt6.QtCore import QT_VERSION_STR; from PyQt6.QtWidgets import QApplication; app = QApplication([]); "
    "print(f'Qt {QT_VERSION_STR} opens windows on {app.platformName()}')"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about one thing.

    Attributes:
        name: What it is.
        works: Whether it can be used.
        says: What there is to say about it: its facts, or why it can't be used.
        fix: What would put it right, a sentence; empty if nothing would, or nothing has to be.
    """

    name: str
    works: bool
    says: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Examination:
    """All that was found.

    Attributes:
        sections: Title -> findings.
    """

    sections: Mapping[str, tuple[Finding, ...]]

    @property
    def paints(self) -> bool:
        """Whether anything here can paint."""
        return any(finding.works for finding in self.sections[PAINTING])

    @property
    def fixes(self) -> list[str]:
        """What would help, each sentence once."""
        found = [finding.fix for findings in self.sections.values() for finding in findings if finding.fix]
        return list(dict.fromkeys(found))

    def to_dict(self) -> dict[str, object]:
        """It all as `json.dumps` takes it."""
        sections = {title: [asdict(finding) for finding in found] for title, found in self.sections.items()}
        return {"paints": self.paints, "sections": sections, "fixes": self.fixes}

    def to_text(self) -> str:
        """It all to read."""
        width = max(len(finding.name) for found in self.sections.values() for finding in found)
        lines = []
        for title, found in self.sections.items():
            lines += [title, *(f"  {'ok' if f.works else 'no'}  {f.name:<{width}}  {f.says}" for f in found), ""]
        if not self.paints:
            lines.append("Nothing here can paint.")
        lines += [f"* {fix}" for fix in self.fixes] or ["Nothing is missing."]
        return "\n".join(lines)


Probe = Callable[[], list[Finding]]


def examine(probes: Mapping[str, Probe] | None = None) -> Examination:
    """Tries everything, in some seconds.

    Args:
        probes: Title of a section -> what fills it; by default `PROBES`. One that raises is a finding, too.
    """
    return Examination({title: tuple(_safely(title, probe)) for title, probe in (probes or PROBES).items()})


def _safely(name: str, probe: Probe) -> list[Finding]:
    try:
        return probe()
    except Exception as error:  # noqa: BLE001 (a doctor who dies of what the patient has is none)
        return [Finding(name, False, reason(error))]


def look_at_processor() -> list[Finding]:
    """The processor, its features, and the memory."""
    memory = hardware.memory_bytes()
    return [
        Finding("processor", True, hardware.processor_name()),
        Finding("cores", True, str(os.cpu_count() or 1)),
        Finding("features", True, ", ".join(hardware.processor_features()) or "the system does not tell"),
        Finding("memory", True, "the system does not tell" if memory is None else f"{memory / 1e9:.1f} GB"),
    ]


def try_painting() -> list[Finding]:
    """Every backend, with the narrowest bundled network and a small picture."""
    from livestyle.styles.catalog import Catalog
    from livestyle.stylizer.fastest import BACKENDS, Open

    file = Catalog.installed(device="cpu").files[0]

    def paint(name: str, opener: Open) -> list[Finding]:
        with opener(file) as stylizer:
            stylizer.warm_up(1, 64, 64)
            info = stylizer.info
        return [Finding(name, True, f"{info.dtype} on {info.device}")]

    found = []
    for name, opener in BACKENDS.items():
        (finding,) = _safely(name, partial(paint, name, opener))
        found.append(finding if finding.works else Finding(name, False, finding.says, _fix_of_backend(name)))
    return found


def _fix_of_backend(name: str) -> str:
    match name:
        case "CUDA" if not hardware.nvidia_driver_present():
            return ""  # most likely there is no such GPU
        case "CUDA" if not hardware.torch_is_built_for_cuda():
            return "For the NVIDIA GPU, install the torch with CUDA: pytorch.org/get-started/locally says how."
        case "CUDA":
            return "For the NVIDIA GPU, update its driver."
        case "OpenVINO" | "torch":
            return f"Install {name} anew: pip install --force-reinstall {name.lower()}"
        case _:
            return ""


def list_openvino_devices() -> list[Finding]:
    """What OpenVINO finds, and what it is good at."""
    from livestyle.stylizer.quiet_openvino import ov

    core = ov.Core()

    def describe(device: str) -> list[Finding]:
        name = str(core.get_property(device, "FULL_DEVICE_NAME")).strip()
        good_at = ", ".join(core.get_property(device, "OPTIMIZATION_CAPABILITIES"))
        return [Finding(device, True, f"{name}: {good_at}")]

    return [_safely(device, partial(describe, device))[0] for device in core.available_devices]


def try_encoders() -> list[Finding]:
    """Every encoder, by a frame that it encodes."""
    from livestyle.sinks.encoders import why_not
    from livestyle.sinks.kinds import ENCODERS, FALLBACK_ENCODER

    def encode(name: str) -> Finding:
        refusal = why_not(name)
        if refusal is None:
            return Finding(name, True, "encodes 8 and 10 bits" if why_not(name, bits=10) is None else "encodes 8 bits")
        needed = name in FALLBACK_ENCODER.values()
        return Finding(name, False, refusal, "Install PyAV anew: pip install --force-reinstall av" if needed else "")

    return [encode(name) for name in ENCODERS]


def list_cameras() -> list[Finding]:
    """The cameras that are plugged in. None is opened: its light would go on."""
    from livestyle.sources import camera

    found = [Finding(each.name, True, each.path or f"number {each.index}") for each in camera.list_cameras()]
    return found or [Finding("camera", False, "none is found", _fix_of_cameras())]


def _fix_of_cameras() -> str:
    if any(not os.access(path, os.R_OK | os.W_OK) for path in Path("/dev").glob("video*")):
        return "To use the camera, join its group and log in again: sudo usermod -aG video $USER"
    if platform.system() == "Darwin":
        return "Allow the terminal to use the camera: System Settings, Privacy & Security, Camera."
    return "Plug a camera in, or open a video, a stream or the demo scene."


def try_window() -> list[Finding]:
    """The display, and Qt in a process of its own: where it can't start, it ends the process."""
    from livestyle.gui.app import LINUX_LIBRARIES, display_available

    display = display_available()
    shown = Finding("display", True, "there is one")
    if not display:
        advice = "For the window, start livestyle at a desktop; livestyle convert and demo work without one."
        shown = Finding("display", False, "no display server answers", advice)
    environment = os.environ | ({} if display else {"QT_QPA_PLATFORM": "offscreen"})
    done = subprocess.run(
        [sys.executable, "-c", _START_QT],
        capture_output=True,
        text=True,
        errors="replace",
        timeout=QT_LIMIT_S,
        env=environment,
        check=False,
    )
    if done.returncode == 0:
        return [shown, Finding("Qt", True, done.stdout.strip())]
    last = (done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"])[-1]
    advice = "Install PyQt6 anew: pip install --force-reinstall PyQt6"
    if sys.platform == "linux":
        advice = f"Install the libraries that Qt needs; on Debian or Ubuntu: sudo apt install {LINUX_LIBRARIES}"
    return [shown, Finding("Qt", False, last, advice)]


def look_at_folders() -> list[Finding]:
    """Where livestyle reads and writes, and whether it can."""
    from livestyle.log import log_path
    from livestyle.settings import settings_path
    from livestyle.styles.catalog import bundled_folder, user_folder
    from livestyle.stylizer import model_cache

    folders = {
        "settings": settings_path().parent,
        "cache": model_cache.folder(),
        "log": log_path().parent,
        "own styles": user_folder(),
    }
    bundled = bundled_folder()
    return [
        *(_writable(name, folder) for name, folder in folders.items()),
        Finding("styles", bundled.is_dir(), str(bundled), "" if bundled.is_dir() else "Install livestyle anew."),
    ]


def _writable(name: str, folder: Path) -> Finding:
    existing = next(each for each in (folder, *folder.parents) if each.exists())
    if existing.is_dir() and os.access(existing, os.W_OK | os.X_OK):
        return Finding(name, True, str(folder))
    return Finding(name, False, f"{folder} can't be written", f"Make {existing} a folder that you can write.")


def look_at_versions() -> list[Finding]:
    """livestyle, Python, and the packages that do the work."""
    found = [
        Finding("livestyle", True, __version__),
        Finding("Python", True, platform.python_version()),
        Finding("system", True, platform.platform()),
        *(_installed(name, "Install what is missing: pip install {}") for name in LIBRARIES),
        *(_installed(name, "To export styles: pip install {}") for name in EXPORT_LIBRARIES),
    ]
    if _installed("opencv-python", "").works:
        advice = "pip uninstall opencv-python, then pip install --force-reinstall opencv-python-headless"
        found.append(Finding("opencv-python", False, "its Qt breaks that of the window", f"Remove it: {advice}"))
    return found


def _installed(name: str, advice: str) -> Finding:
    try:
        return Finding(name, True, version(name))
    except PackageNotFoundError:
        return Finding(name, False, "not installed", advice.format(name))


PROBES: Mapping[str, Probe] = {
    "processor": look_at_processor,
    PAINTING: try_painting,
    "OpenVINO's devices": list_openvino_devices,
    "encoders": try_encoders,
    "cameras": list_cameras,
    "window": try_window,
    "folders": look_at_folders,
    "versions": look_at_versions,
}
"""Title of a section -> what fills it."""
