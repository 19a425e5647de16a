from __future__ import annotations

import ctypes
import platform
from pathlib import Path
from unittest.mock import Mock

import pytest
import torch

from livestyle import hardware
from livestyle.errors import BackendError


def test_names_the_processor() -> None:
    assert hardware.processor_name().strip()


def test_falls_back_to_the_architecture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "read_text", Mock(side_effect=OSError))
    monkeypatch.setattr("platform.processor", lambda: "")
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    assert hardware.processor_name() == "riscv64"


@pytest.mark.parametrize(
    ("facts", "features"),
    [
        ("flags\t\t: fpu avx2 avx_vnni", ["avx2", "vnni"]),
        ("flags : avx2 avx512f avx512_vnni avx512_bf16 amx_tile", ["avx2", "avx512", "vnni", "bf16", "amx"]),
        ("Features\t: fp asimd asimddp i8mm bf16", ["bf16", "neon", "dotprod", "i8mm"]),
        ("model name : avx2 by name alone", []),
        ("", []),
    ],
)
def test_names_what_makes_networks_fast(facts: str, features: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "read_text", Mock(return_value=facts))
    assert hardware.processor_features() == features


def test_counts_the_memory_where_the_system_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sysconf", {"SC_PHYS_PAGES": 1000, "SC_PAGE_SIZE": 4096}.__getitem__, raising=False)
    assert hardware.memory_bytes() == 4_096_000
    monkeypatch.delattr("os.sysconf")
    assert hardware.memory_bytes() is None


@pytest.mark.parametrize(
    ("device", "driver", "built", "expected"),
    [
        ("cuda", False, False, True),
        ("cpu", True, True, False),
        ("mps", True, True, False),
        ("auto", True, True, True),
        ("auto", True, False, False),
        ("auto", False, True, False),
    ],
)
def test_expects_cuda_where_it_will_be(
    device: str, driver: bool, built: bool, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hardware, "nvidia_driver_present", lambda: driver)
    monkeypatch.setattr(hardware, "torch_is_built_for_cuda", lambda: built)
    assert hardware.expects_cuda(device) is expected


@pytest.mark.parametrize(("library", "built"), [("libtorch_cuda.so", True), ("torch_cuda.dll", True), ("", False)])
def test_looks_for_cuda_in_torch(library: str, built: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / (library or "libtorch_cpu.so")).touch()
    monkeypatch.setattr("importlib.util.find_spec", lambda _: Mock(origin=str(tmp_path / "__init__.py")))
    assert hardware.torch_is_built_for_cuda() is built
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert not hardware.torch_is_built_for_cuda()


def test_looks_for_the_driver_and_the_mac(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", Mock())
    assert hardware.nvidia_driver_present()
    monkeypatch.setattr(ctypes, "CDLL", Mock(side_effect=OSError))
    assert not hardware.nvidia_driver_present()
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    monkeypatch.setattr(platform, "machine", lambda: "arm64")
    assert hardware.apple_silicon()
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    assert not hardware.apple_silicon()


def test_picks_the_cpu_by_name_and_where_there_is_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert hardware.pick_device("auto") == hardware.pick_device("cpu") == torch.device("cpu")
    with pytest.raises(BackendError, match="no CUDA device here"):
        hardware.pick_device("cuda")
    with pytest.raises(BackendError, match="no device npu"):
        hardware.pick_device("npu")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert hardware.pick_device("auto") == torch.device("cuda")


@pytest.mark.parametrize(
    ("facts", "half"),
    [
        ("vendor_id: AuthenticAMD\nflags: avx2 avx512_bf16", torch.bfloat16),
        ("vendor_id: GenuineIntel\nflags: avx2 avx512_bf16 amx_bf16", torch.bfloat16),
        ("vendor_id: GenuineIntel\nflags: avx2 avx512_bf16", None),
        ("vendor_id: AuthenticAMD\nflags: avx2", None),
    ],
)
def test_half_precision_where_the_processor_is_fast_at_it(
    facts: str, half: torch.dtype | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "read_text", Mock(return_value=facts))
    assert hardware.half_type(torch.device("cpu")) == half
