"""Prometheus metrics: the status as gauges, read when it is asked for. No case, no person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from flows.seeing.status import Status

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class _Gauges(Collector):
    def __init__(self, read: Callable[[], Status]) -> None:
        self._read = read

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Nothing ahead of time: the store is asked once a scrape."""
        return iter(())

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The status now."""
        status = self._read()
        stands = status.standing
        cases = GaugeMetricFamily("yijianshi_cases", "Cases by status or state.", labels=["status"])
        for name, count in stands.cases.items():
            cases.add_metric([name], count)
        yield cases
        sent = GaugeMetricFamily(
            "yijianshi_messages", "Messages of the outbox.", labels=["target", "state"]
        )
        for target, counts in stands.outbox.items():
            for state, count in counts.items():
                sent.add_metric([target, state], count)
        yield sent
        for name, said, value in (
            ("cases_ended_last_hour", "Cases that came to an end in the last hour.",
             stands.ended_last_hour),
            ("cases_with_departments", "Cases that departments have not answered in full.",
             stands.with_departments),
            ("cases_overdue", "Cases beyond their promised day.", stands.overdue),
            ("workers", "Processes that work on cases.", stands.workers),
            ("oldest_waiting_seconds", "Age of the case that waits longest.",
             _age(stands.oldest_waiting_since, status.at)),
            ("oldest_message_seconds", "Age of the message that waits longest.",
             _age(stands.outbox_waiting_since, status.at)),
            ("disk_free_bytes", "Free space where results lie.", status.disk_free_bytes),
        ):  # fmt: skip
            yield GaugeMetricFamily(f"yijianshi_{name}", said, value=value)


def _age(moment: datetime | None, now: datetime) -> float:
    return 0.0 if moment is None else max(0.0, (now - moment).total_seconds())


def render_metrics(read: Callable[[], Status]) -> bytes:
    """The metrics as Prometheus asks for them. Raises StoreError."""
    registry = CollectorRegistry()
    registry.register(_Gauges(read))
    return generate_latest(registry)
