"""Working time as one line of hours: eight a workday, Monday to Friday, nights and weekends left out.

Work is planned on that line and then laid into days, so nothing ever happens at three in the
morning, and adding eight hours is always the same time on the next workday.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

HOURS_A_DAY = 8
# Work that was under way before the first day whose usage was collected.
_WARM_UP_DAYS = 7
_MORNING, _LUNCH_AFTER = 9.0, 3.5  # hours, local time


@dataclass(frozen=True)
class WorkingTime:
    """The workdays from a week before `first_day` to `last_day`, both included."""

    first_day: date
    last_day: date

    @cached_property
    def _days(self) -> NDArray[np.datetime64]:
        begin, end = self.first_day - timedelta(days=_WARM_UP_DAYS), self.last_day + timedelta(days=1)
        days: NDArray[np.datetime64] = np.arange(np.datetime64(begin), np.datetime64(end))
        return days[np.is_busday(days)]

    @property
    def begins(self) -> float:
        """Where on the line `first_day` begins."""
        return self.hours_until(self.first_day)

    @property
    def ends(self) -> float:
        return float(len(self._days) * HOURS_A_DAY)

    def hours_until(self, day: date) -> float:
        """Where on the line `day` begins."""
        return float(np.searchsorted(self._days, np.datetime64(day)) * HOURS_A_DAY)

    def utc(self, hours: NDArray[np.float64], utc_offset: NDArray[np.int64] | int) -> NDArray[np.datetime64]:
        """Times in UTC, to the second, for people whose clocks stand `utc_offset` hours ahead."""
        days = self._days
        day = np.clip(hours // HOURS_A_DAY, 0, len(days) - 1).astype(np.int64)
        worked = hours - day * HOURS_A_DAY
        clock = _MORNING + worked + (worked >= _LUNCH_AFTER) - utc_offset
        seconds = np.round(clock * 3600).astype("timedelta64[s]")
        found: NDArray[np.datetime64] = days[day].astype("datetime64[s]") + seconds
        return found

    def moment(self, hours: float, utc_offset: int) -> datetime:
        """One time in UTC, without zone."""
        found: datetime = self.utc(np.array([hours]), utc_offset)[0].item()
        return found
