"""(C16) of docs/model.md: hashprice sold forward, a contract a month, on the plan's first day."""

import math

import numpy as np

from twin_data import HOURS, running_j_per_th, working_share

QUOTED_MONTHS = 12
PH_PER_EH = 1000.0


def sell_forward(twin):
    """Columns in EH/s with their settlements by path, and the rows that hold them to what runs."""
    hedge = twin.company.get("hedge")
    if hedge is None or twin.keep:
        return
    hedge = dict(hedge)
    share, spread = hedge.get("share", 0.8), hedge.get("spread", 0.03)
    if share <= 0:
        return
    calendar, hashprice = twin.calendar, twin.world.hashprice
    quoted = [t for t, first in enumerate(calendar.first) if first + calendar.length[t] <= QUOTED_MONTHS]
    open_to = [math.inf if t in quoted else 0.0 for t in range(calendar.periods)]
    sold = twin.add("hedge", ["all"], [open_to])["all"]
    for t in quoted:
        span = calendar.span(t)
        agreed = (1 - spread) * hashprice[:, span].mean(axis=0)
        settled = PH_PER_EH * (agreed - hashprice[:, span]) * HOURS / 24
        twin.cost[sold[t]] = settled @ calendar.discount[span]
        billed = np.zeros((twin.world.paths, calendar.months // 12))
        billed[:, calendar.first[t] // 12] = settled.sum(axis=1)
        twin.revenue[sold[t]] = billed
        running = []
        for (hall, name), labels in twin.run["typical"].items():
            fleet = twin.fleets[name]
            least = min(working_share(fleet) / running_j_per_th(fleet, calendar, month) for month in span)
            running.append((labels[t], -share * least))
        twin.row([(sold[t], 1.0)] + running, "<=")
