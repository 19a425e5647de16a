"""The clock of files that were joined: it jumps where one recording ends and the next begins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from av.packet import Packet
from av.stream import Stream

# The thresholds of FFmpeg's own programs: less is disorder, or a pause that is meant.
_BACK_S = Fraction(1, 10)
_AHEAD_S = 10

# A recording's tracks begin and end at about the same time.
_APART_S = 1

_NEVER_S = Fraction(-(1 << 62))

# Tracks jump at about the same place of a file: one that jumps alone is not waited for any longer.
_MAX_HELD = 256


@dataclass(slots=True)
class _Track:
    """How far a track has come. All but `end_s` is by the file's own clock."""

    part: int
    dts_s: Fraction
    end_s: Fraction
    """Where its last part ends, by the mended clock; what overlaps with it is left out."""
    reached_s: Fraction
    """Where it ends so far, by the mended clock."""
    delay: int
    """How much later its last packet is shown than decoded, in its own ticks."""


class Clock:
    """Lets the time of a file go on where its clock jumps, for all tracks alike, as players do.

    A clock jumps where it goes back, and where it goes ahead by more than 10 s without any track in between. Every
    recording that was joined is a part with a shift of its own, and every track comes to it in its own time. The
    pictures say how large a shift is: the first one follows the last as one frame follows another.

    Args:
        pictures: The track that decides.
        step_s: How long a picture is shown that doesn't say so itself.
        pauses: Whether a step ahead is a jump too; in files with an index it is a pause.
    """

    def __init__(self, pictures: Stream, step_s: Fraction, *, pauses: bool) -> None:
        self._pictures = pictures.index
        self._step_s = step_s
        self._pauses = pauses
        self._shifts_s = [Fraction(0)]
        self._newest_s: list[Fraction | None] = [None]
        """Where each part ends so far, by the file's own clock."""
        self._tracks: dict[int, _Track] = {}
        self._held: list[Packet[Stream]] = []

    @property
    def has_jumped(self) -> bool:
        """Whether there was a jump so far: what the file says about its length is then wrong."""
        return len(self._shifts_s) > 1

    def mended(self, packets: Iterable[Packet[Stream]]) -> Iterator[Packet[Stream]]:
        """The packets, changed in place. Those of other tracks that jump before the pictures do come after them."""
        for packet in packets:
            yield from self._next(packet)
        while self._held:
            yield from self._go_on_without_pictures()

    def _next(self, packet: Packet[Stream]) -> Iterator[Packet[Stream]]:
        index = packet.stream.index
        if any(held.stream.index == index for held in self._held):
            self._held.append(packet)
        elif self._find_part(packet):
            if self._shift(packet):
                yield packet
            if index == self._pictures and self._held:
                yield from self._release()
            return
        else:
            self._held.append(packet)
        if len(self._held) >= _MAX_HELD:
            yield from self._go_on_without_pictures()

    def _release(self) -> Iterator[Packet[Stream]]:
        held, self._held = self._held, []
        for packet in held:
            yield from self._next(packet)

    def _go_on_without_pictures(self) -> Iterator[Packet[Stream]]:
        self._begin_part(self._held[0])
        yield from self._release()

    def _find_part(self, packet: Packet[Stream]) -> bool:
        """Moves the packet's track on if its clock jumps. False if the jump's length is not known yet."""
        track = self._tracks.get(packet.stream.index)
        if track is None or packet.dts is None or not self._jumps(track, packet.dts * packet.time_base):
            return True
        dts_s = packet.dts * packet.time_base
        for part in range(track.part + 1, len(self._shifts_s)):
            if -_APART_S <= dts_s + self._shifts_s[part] - track.reached_s < _AHEAD_S:
                track.part, track.end_s = part, track.reached_s
                return True
        if packet.stream.index != self._pictures:
            return False
        self._begin_part(packet)
        return True

    def _jumps(self, track: _Track, dts_s: Fraction) -> bool:
        newest_s = self._newest_s[track.part]
        ahead = self._pauses and newest_s is not None and dts_s > newest_s + _AHEAD_S
        return ahead or dts_s < track.dts_s - _BACK_S

    def _begin_part(self, packet: Packet[Stream]) -> None:
        track = self._tracks[packet.stream.index]
        stamp = packet.dts if packet.pts is None else packet.pts
        assert stamp is not None
        assert packet.dts is not None
        self._shifts_s.append(track.reached_s - stamp * packet.time_base)
        self._newest_s.append(None)
        track.part, track.end_s, track.dts_s = len(self._shifts_s) - 1, track.reached_s, packet.dts * packet.time_base

    def _shift(self, packet: Packet[Stream]) -> bool:
        """Mends a packet's time. False for one that the track's last part covers."""
        stream, tick_s = packet.stream, packet.time_base
        pictures = self._tracks.get(self._pictures)
        if stream.type not in ("video", "audio"):  # texts have long pauses, and tell nothing about the clock
            track, part = None, pictures.part if pictures else 0
        else:
            track = self._tracks.get(stream.index)
            part = track.part if track else pictures.part if pictures else 0
        raw_dts = packet.dts
        if packet.pts is not None and raw_dts is not None and abs(packet.pts - raw_dts) * tick_s > _AHEAD_S:
            # Where a file doesn't say when to show a picture FFmpeg takes the next one's time, from beyond the jump.
            packet.pts = raw_dts + (track.delay if track else 0)
        stamp = raw_dts if packet.pts is None else packet.pts
        ticks = round(self._shifts_s[part] / tick_s)
        if packet.dts is not None:
            packet.dts += ticks
        if packet.pts is not None:
            packet.pts += ticks
        if raw_dts is None or stamp is None or stream.type not in ("video", "audio"):
            return True
        lasts_s = (packet.duration or 0) * tick_s
        if not lasts_s and stream.index == self._pictures:
            lasts_s = self._step_s
        raw_end_s, end_s = ((stamp + plus) * tick_s + lasts_s for plus in (0, ticks))
        newest_s = self._newest_s[part]
        self._newest_s[part] = raw_end_s if newest_s is None else max(newest_s, raw_end_s)
        if track is None:
            self._tracks[stream.index] = _Track(part, raw_dts * tick_s, _NEVER_S, end_s, stamp - raw_dts)
            return True
        track.dts_s, track.delay = raw_dts * tick_s, stamp - raw_dts
        if stream.type == "audio" and end_s - lasts_s / 2 < track.end_s:
            return False
        track.reached_s = max(track.reached_s, end_s)
        return True


@dataclass(slots=True)
class Shown:
    """When decoded pictures are shown: FFmpeg's own guess (`guess_correct_pts` in libavcodec/decode.c).

    They come in the order in which they are shown, so a time that goes back is wrong. In old files, such as AVI with
    packed B-frames, that are those of showing, and the order of decoding tells the time.
    """

    pts: int | None = None
    dts: int | None = None
    faulty_pts: int = 0
    faulty_dts: int = 0

    def time(self, pts: int | None, dts: int | None) -> int | None:
        """The better one of a picture's two time stamps."""
        if dts is not None:
            self.faulty_dts += self.dts is not None and dts <= self.dts
        if pts is not None:
            self.faulty_pts += self.pts is not None and pts <= self.pts
        self.dts = pts if dts is None else dts
        self.pts = dts if pts is None else pts
        return pts if pts is not None and (dts is None or self.faulty_pts <= self.faulty_dts) else dts
