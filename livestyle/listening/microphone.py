"""Microphones, by PortAudio."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from threading import Event, Lock
from types import ModuleType

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler

from livestyle.errors import SourceError
from livestyle.listening.source import Hear, SoundSource
from livestyle.listening.steering import Steering
from livestyle.sound import CHANNELS, RATE_HZ, Samples

PIECE_S = 0.02
SILENT_S = 2.0
"""A microphone that hands over nothing for so long is gone."""
_MOST_AGE_S = 1.0

_portaudio = Lock()
"""PortAudio is one for the whole process, and knows the devices that were there when it was begun."""


class Microphone(SoundSource):
    """A microphone, mono or stereo.

    Args:
        name: What `microphones` calls it; None for the one that the system is set to.
        clock: The show's, which sound is told by.
    """

    def __init__(self, name: str | None, clock: Callable[[], float]) -> None:
        self.name = name or "Microphone"
        self._wanted = name
        self._clock = clock

    def why_not(self) -> str | None:
        """Says what is missing."""
        try:
            with _portaudio:
                self._device(_sounddevice())
        except SourceError as error:
            return str(error)
        return None

    def listen(self, hear: Hear, stopping: Event) -> None:
        """Hands over what it hears."""
        pieces: SimpleQueue[tuple[Samples, float]] = SimpleQueue()

        def take(data: Samples, frames: int, time: object, _: object) -> None:
            # PortAudio's own clock: how long ago the first sample was heard. Some systems say nothing of it.
            age_s = getattr(time, "currentTime", 0.0) - getattr(time, "inputBufferAdcTime", 0.0)
            least_s = frames / rate_hz
            now_s = self._clock()
            pieces.put((data.copy(), now_s - (age_s if least_s <= age_s < _MOST_AGE_S else least_s)))

        module = _sounddevice()
        with _portaudio:
            _look_again(module)
            device = self._device(module)
            rate_hz = device.rate_hz
            try:
                stream = module.InputStream(
                    device=device.index,
                    channels=device.channels,
                    samplerate=rate_hz,
                    blocksize=round(PIECE_S * rate_hz),
                    dtype="float32",
                    latency="low",
                    callback=take,
                )
                stream.start()
            except module.PortAudioError as error:
                raise SourceError(
                    f"{self.name} can't be opened: close what else listens to it, allow livestyle to use it in the "
                    "system's settings, or choose another microphone."
                ) from error
        steering = Steering()
        resampler = AudioResampler("flt", "stereo", RATE_HZ)
        try:
            while not stopping.is_set():
                try:
                    samples, time_s = pieces.get(timeout=SILENT_S)
                except Empty:
                    raise SourceError(
                        f"Nothing is heard from {self.name} any more: plug it in again, or choose another microphone."
                    ) from None
                sound = steering.hear(_resampled(resampler, samples, round(rate_hz)), time_s)
                if sound is not None:
                    hear(sound)
        finally:
            with _portaudio:
                stream.close()

    def _device(self, module: ModuleType) -> _Input:
        """The device, with as many channels and samples a second as are to be taken."""
        default = _default(module)
        found = next((each for each in _inputs(module) if each.is_called(self._wanted, default)), None)
        if found is None:
            raise SourceError(
                f"There is no microphone {self._wanted}: plug it in, or choose another."
                if self._wanted
                else "There is no microphone: plug one in."
            )
        found = replace(found, channels=min(CHANNELS, found.channels))
        try:
            module.check_input_settings(found.index, found.channels, "float32", samplerate=RATE_HZ)
        except (module.PortAudioError, ValueError):
            return found
        return replace(found, rate_hz=float(RATE_HZ))


@dataclass(frozen=True, slots=True)
class _Input:
    """A device that hears: its number, its name, how it is talked to, its most channels, and its own rate."""

    index: int
    name: str
    api: int
    channels: int
    rate_hz: float

    def is_called(self, name: str | None, default: int) -> bool:
        return self.index == default if name is None else self.name == name


def microphones(*, again: bool) -> list[str]:
    """The names of the microphones there are. May take a second.

    Args:
        again: Look for those that were plugged in since too, which nobody may listen to meanwhile.

    Raises:
        SourceError: None can be found, as something is missing; the sentence says what.
    """
    module = _sounddevice()
    with _portaudio:
        if again:
            _look_again(module)
        return list(dict.fromkeys(device.name for device in _inputs(module)))


def _resampled(resampler: AudioResampler, samples: Samples, rate_hz: int) -> Samples:
    """A piece, (N, 1) or (N, 2), as the next samples at `RATE_HZ`, (M, CHANNELS)."""
    stereo = np.repeat(samples, CHANNELS // samples.shape[1], axis=1)
    if rate_hz == RATE_HZ:
        return stereo
    frame = AudioFrame.from_ndarray(np.ascontiguousarray(stereo.reshape(1, -1)), format="flt", layout="stereo")
    frame.sample_rate = rate_hz
    pieces = [each.to_ndarray().reshape(-1, CHANNELS) for each in resampler.resample(frame)]
    return np.concatenate([np.zeros((0, CHANNELS), np.float32), *pieces])


def _sounddevice() -> ModuleType:
    try:
        import sounddevice
    except ModuleNotFoundError as error:
        raise SourceError("Microphones need the package sounddevice: pip install sounddevice") from error
    except OSError as error:
        if sys.platform.startswith("linux"):
            raise SourceError(
                "Microphones need PortAudio. On Debian or Ubuntu: sudo apt install libportaudio2"
            ) from error
        raise SourceError("Microphones need PortAudio: pip install --force-reinstall sounddevice") from error
    module: ModuleType = sounddevice
    return module


def _look_again(module: ModuleType) -> None:
    module._terminate()
    module._initialize()


def _default(module: ModuleType) -> int:
    return int(module.default.device[0])


def _inputs(module: ModuleType) -> list[_Input]:
    """The devices that hear: on Windows each is there once for every way to talk to it, and the usual one is taken."""
    try:
        devices = [
            _Input(index, each["name"], each["hostapi"], each["max_input_channels"], each["default_samplerate"])
            for index, each in enumerate(module.query_devices())
        ]
        default = _default(module)
    except module.PortAudioError:
        return []
    apis = {device.api for device in devices if device.index == default}
    return [device for device in devices if device.channels > 0 and (not apis or device.api in apis)]
