"""What the twin of the plan is made from: the site file, read by a small RON reader, and the folder that
`wattshift plan FILE --dump-world DIR` writes. Nothing here knows the program's rows; see docs/model.md.
"""

import calendar as civil
import csv
import math
import os
import re

import numpy as np

HOURS = 730.0

TOKEN = re.compile(
    r"""\s+|//[^\n]*|(?P<string>"(?:[^"\\]|\\.)*")|(?P<number>[-+]?(?:\d[\d_]*\.?\d*(?:[eE][-+]?\d+)?|\.\d+))"""
    r"""|(?P<word>[A-Za-z_]\w*)|(?P<mark>[()\[\]{},:])|\#!\[[^\]]*\]""",
    re.S,
)
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}


def unescape(text):
    def one(match):
        body = match.group(1)
        return chr(int(body[2:-1], 16)) if body.startswith("u{") else ESCAPES.get(body, body)

    return re.sub(r"\\(u\{[0-9a-fA-F]+\}|.)", one, text, flags=re.S)


class Word(str):
    """A variant without content."""


class Row(list):
    """A tuple."""


class Inside(dict):
    """The fields of a variant, written without a second pair of brackets."""


def parse_ron(text):
    """Structs become dicts, lists and tuples lists, `Word` a string, `Word(...)` a pair of word and content."""
    tokens, at = [], 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if not match:
            raise ValueError(f"cannot read {text[at:at + 20]!r}")
        at = match.end()
        if match.lastgroup:
            tokens.append((match.lastgroup, match.group(match.lastgroup)))
    tokens.append(("end", ""))
    place = 0

    def value():
        nonlocal place
        kind, word = tokens[place]
        place += 1
        if kind == "string":
            return unescape(word[1:-1])
        if kind == "number":
            return float(word.replace("_", ""))
        if kind == "mark" and word == "[":
            return sequence("]")
        if kind == "mark" and word == "(":
            return group()
        if kind == "word" and word in ("true", "false"):
            return word == "true"
        if kind == "word" and tokens[place] == ("mark", "("):
            place += 1
            inside = group()
            inside = Inside(inside) if isinstance(inside, dict) else inside
            inside = inside[0] if isinstance(inside, list) and len(inside) == 1 else inside
            return inside if word == "Some" else (word, inside)
        if kind == "word":
            return None if word == "None" else Word(word)
        raise ValueError(f"unexpected {word!r}")

    def sequence(closing):
        nonlocal place
        items = []
        while tokens[place] != ("mark", closing):
            items.append(value())
            if tokens[place] == ("mark", ","):
                place += 1
        place += 1
        return items

    def group():
        nonlocal place
        if tokens[place][0] == "word" and tokens[place + 1] == ("mark", ":"):
            fields = {}
            while tokens[place] != ("mark", ")"):
                key = tokens[place][1]
                place += 2
                fields[key] = value()
                if tokens[place] == ("mark", ","):
                    place += 1
            place += 1
            return fields
        return Row(sequence(")"))

    return value()


def write_ron(value):
    """The text of what `parse_ron` reads, options implicit."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "None"}[value]
    if isinstance(value, (int, float)):
        return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))
    if isinstance(value, Word):
        return str(value)
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    if isinstance(value, tuple):
        word, inside = value
        text = write_ron(inside)
        return word + (text if isinstance(inside, (Inside, Row)) else f"({text})")
    if isinstance(value, dict):
        return "(" + ", ".join(f"{key}: {write_ron(field)}" for key, field in value.items()) + ")"
    items = ", ".join(write_ron(item) for item in value)
    return f"({items})" if isinstance(value, Row) else f"[{items}]"


def write_site(site, path):
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"#![enable(implicit_some)]\nSite{write_ron(site)}\n")


def read_site(path):
    with open(path, encoding="utf-8") as file:
        return parse_ron(file.read())[1]


class World:
    """The dumped series: arrays of paths by months, and tables of rows."""

    def __init__(self, folder):
        self.folder = folder
        self.hashprice = self.series("hashprice_usd_per_ph_day")
        self.power_scale = self.series("power_scale")
        self.paths, self.months = self.hashprice.shape
        self.tenants = {}
        for row in self.table("tenants"):
            fate = (float(row["default_month"] or math.inf), int(row["delay_months"]))
            self.tenants.setdefault(row["offer"], []).append(fate)
        self.bands = {}
        for row in self.table("bands"):
            band = (float(row["share_of_hours"]), float(row["usd_per_mwh"]))
            self.bands.setdefault((row["price_deck"], int(row["calendar_month"])), []).append(band)
        self.halls = {row["hall"]: row for row in self.table("halls")}
        self.classes = self.table("fleets_in_halls")
        self.pairs = self.table("pairs")
        self.leans = self.table("pairs_lean_on")
        self.loss_rows = self.table("loss_rows")

    def table(self, name):
        with open(os.path.join(self.folder, name + ".csv"), encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def series(self, name):
        path = os.path.join(self.folder, name + ".csv")
        return np.loadtxt(path, delimiter=",", skiprows=1, ndmin=2)[:, 1:]

    def gpu_index(self, system):
        own = f"gpu_index_{system}"
        has_own = os.path.exists(os.path.join(self.folder, own + ".csv"))
        return self.series(own if has_own else "gpu_index")


def date_of(text):
    year, month, day = (int(part) for part in text.split("-"))
    return year, month, day


class Calendar:
    """Months, periods and what an amount of a month is multiplied with."""

    def __init__(self, site, detail):
        plan, company = site.get("plan", {}), site.get("company", {})
        self.start = date_of(plan.get("start", "2026-01-01"))
        self.months = int(plan.get("horizon_years", 10)) * 12
        lengths = [1] * self.months if detail == "full" else [3] * 20 + [12] * self.months
        self.first, self.length = [], []
        while sum(self.length) < self.months:
            self.first.append(sum(self.length))
            self.length.append(lengths[len(self.length)])
        self.periods = len(self.first)
        month = np.arange(self.months + 1200)
        r, tenant = company.get("discount_rate", 0.11), company.get("tenant_discount_rate", 0.085)
        beyond = np.maximum(month - self.months + 0.5, 0.0)
        inside = np.minimum(month + 0.5, self.months)
        self.discount = (1 + r) ** (-inside / 12) * (1 + tenant) ** (-beyond / 12)
        self.end_discount = (1 + r) ** (-self.months / 12)
        years = np.array([self.date(m)[0] for m in month]) - self.start[0]
        self.level = (1 + company.get("inflation", 0.025)) ** years
        self.calendar_month = np.array([self.date(m)[1] for m in month])

    def date(self, month):
        years, month_of_year = divmod(self.start[1] - 1 + int(month), 12)
        year = self.start[0] + years
        return year, month_of_year + 1, min(self.start[2], civil.monthrange(year, month_of_year + 1)[1])

    def span(self, t):
        return np.arange(self.first[t], self.first[t] + self.length[t])

    def within(self, t, earliest=None, latest=None):
        day = self.date(self.first[t])
        return (not earliest or day >= date_of(earliest)) and (not latest or day <= date_of(latest))

    def period_from(self, month):
        return next((t for t in range(self.periods) if self.first[t] >= month - 1e-9), None)

    def ready(self, t, lead):
        return self.period_from(self.first[t] + lead)

    def overlap(self, t, begin, end):
        last = self.first[t] + self.length[t]
        return min(max((min(end, last) - max(begin, self.first[t])) / self.length[t], 0.0), 1.0)

    def least_in_force(self, steps, before, t):
        def at(month):
            in_force = [step["mw"] for step in steps if date_of(step["from"]) <= self.date(month)]
            return in_force[-1] if in_force else before

        return min(at(month) for month in self.span(t))


class Feed:
    """A grid feed's prices by calendar month, with the curtailed hours taken off the dearest bands."""

    def __init__(self, component, world):
        self.id, self.data = component["id"], component["kind"][1]
        tariff, curtailed = self.data["tariff"], self.data.get("curtailment", {})
        energy = tariff.get("energy", "Index")
        is_index = energy == "Index"
        self.moves = 1.0 if is_index else energy[1].get("market_share", 0.0)
        self.adder = tariff.get("adder_usd_per_mwh", 0.0)
        deck = tariff.get("price_deck", "") if is_index else f"tariff of {self.id}"
        self.mean, self.hours, self.called, self.price = {}, {}, {}, {}
        self.offered_usd = curtailed.get("demand_response_usd_per_mw_hour", 0.0)
        self.called_usd = curtailed.get("called_usd_per_mwh", 0.0)
        for month in range(1, 13):
            share, price = np.array(sorted(world.bands[deck, month], key=lambda band: band[1])).T
            hours = share / share.sum() * HOURS
            self.mean[month] = [(hours * price)[sign].sum() / HOURS for sign in (price > 0, price <= 0)]
            mandated = curtailed.get("mandated_hours_per_year", 0.0) / 12
            peaks = curtailed.get("four_cp_hours_per_year", 0.0) / 4 if 6 <= month <= 9 else 0.0
            called = curtailed.get("called_hours_per_year", 0.0) / 12
            dearer = np.concatenate([hours[::-1].cumsum()[::-1][1:], [0.0]])
            shut = np.clip(mandated + peaks - dearer, 0.0, hours)
            taken = np.clip(mandated + peaks + called - dearer, 0.0, hours)
            self.hours[month], self.called[month], self.price[month] = hours - taken, taken - shut, price

    def mean_price(self, month_of_year, scale):
        above, below = self.mean[month_of_year]
        return above * (1 + self.moves * (scale - 1)) + below + self.adder


def working_share(fleet):
    wear = fleet.get("wear", {})
    down = wear.get("failures_per_year", 0.0) * wear.get("repair_hours", 0.0) / 8760
    return fleet.get("availability", 1.0) / (1 + down)


def running_j_per_th(fleet, calendar, month):
    """At the mean age of the machines owned today, never beyond their life."""
    wear, cohorts = fleet.get("wear", {}), fleet.get("cohorts", [])
    owned, life = sum(cohort["mw"] for cohort in cohorts), fleet.get("life_months", 60.0) / 12
    age, (year, of_year, _) = 0.0, calendar.date(month)
    for cohort in cohorts if owned > 0 else []:
        bought = date_of(cohort["bought"])
        months = (year - bought[0]) * 12 + of_year - bought[1]
        age += cohort["mw"] / owned * min(max(months / 12, 0.0), life)
    aged = fleet["efficiency_j_per_th"] * (1 + wear.get("ageing_per_year", 0.0)) ** age
    return aged / wear.get("realised_share", 1.0)


def mining_months(fleet, feed, gross, calendar, world):
    """Margin and revenue of an IT MW by path and month, USD."""
    margin, revenue = np.zeros((2, world.paths, calendar.months))
    keep = (1 - fleet.get("pool_fee_share", 0.0)) * (1 - fleet.get("stale_share", 0.0))
    works = working_share(fleet)
    for month in range(calendar.months):
        of_year = int(calendar.calendar_month[month])
        hours, price = feed.hours[of_year], feed.price[of_year]
        earned = world.hashprice[:, month] / 24 * 1000 / running_j_per_th(fleet, calendar, month) * keep
        moved = 1 + feed.moves * (world.power_scale[:, month, None] - 1)
        paid = np.where(price > 0, price * moved, price) + feed.adder
        variable = fleet.get("variable_usd_per_mwh", 0.0) * calendar.level[month]
        gain = earned[:, None] - paid * gross - variable
        runs = gain > 0
        called = (feed.called[of_year] * runs).sum(axis=1)
        ready = (hours * runs).sum(axis=1) + called
        response = gross * (feed.offered_usd * ready + feed.called_usd * called)
        margin[:, month] = works * ((hours * gain * runs).sum(axis=1) + response)
        revenue[:, month] = works * earned * (hours * runs).sum(axis=1)
    return margin, revenue


def resale_usd_per_mw(fleet, calendar, world, month):
    rule, j_per_th = fleet.get("resale", {}), running_j_per_th(fleet, calendar, month)
    power = 0.024 * j_per_th * rule.get("buyer_usd_per_mwh", 0.0)
    margin = (world.hashprice[:, month] * (1 - fleet.get("pool_fee_share", 0.0)) - power) / 1000
    usd = np.maximum(rule.get("scrap_usd_per_th", 0.0), rule.get("margin_days", 0.0) * np.maximum(margin, 0.0))
    return usd * 1e6 / j_per_th


class Lease:
    """The cash of a MW of one offer by the month its rent starts, on every path."""

    def __init__(self, offer, site, calendar, world):
        self.offer, self.calendar, self.world = offer, calendar, world
        kind, terms = offer["terms"]
        self.kind, self.escalator = kind, terms.get("escalator", 0.0)
        self.term, self.index, self.system = round(offer["term_months"]), None, None
        if kind == "Colocation":
            self.base = terms["rent_usd_per_kw_month"] * 1000
        elif kind == "BitcoinHosting":
            self.base = terms["usd_per_mwh"] * HOURS * offer.get("utilisation", 1.0)
        else:
            self.system = next(s for s in site["gpu_systems"] if s["id"] == terms["gpu_system"])
            gpus = 1000 / self.system["kw_per_gpu"]
            self.base = gpus * terms["usd_per_gpu_hour"] * HOURS * terms.get("utilisation", 1.0)
            if terms.get("indexed", False):
                self.index = world.gpu_index(terms["gpu_system"])
        fates = world.tenants.get(offer["id"], [(math.inf, 0)] * world.paths)
        self.lost = np.array([lost for lost, _ in fates])
        self.delay = np.array([delay for _, delay in fates])
        sunset = offer.get("delivery", {}).get("sunset")
        self.sunset = math.inf
        if sunset:
            year, month, day = date_of(sunset)
            whole = (year - calendar.start[0]) * 12 + month - calendar.start[1]
            self.sunset = whole + (day > calendar.start[2])

    def cash(self, start):
        """Present values by path of each stream that pairs weigh, and billed revenue by path and plan year."""
        offer, calendar = self.offer, self.calendar
        month = np.arange(start, start + self.term + self.delay.max())
        begin = (start + self.delay)[:, None]
        stop = np.where(begin > self.sunset, begin, self.lost[:, None])
        in_term = (month >= begin) & (month < begin + self.term)
        live = in_term & (month < stop)
        gone = month - np.maximum(stop, begin)
        backstop = offer.get("backstop") or {}
        backed_months = np.where(stop > begin, backstop.get("months", 0.0), 0.0)
        backed = in_term & ~live & (gone < backed_months)
        relet = in_term & ~live & (gone >= backed_months + offer.get("void_months", 0.0))
        share = live + backed * backstop.get("share", 1.0) + relet * offer.get("relet_share", 0.0)
        rent = self.base * (1 + self.escalator) ** (np.maximum(month - begin, 0) // 12) * in_term
        if self.index is not None:
            rent = rent * self.index[:, np.minimum(month, calendar.months - 1)]
        counted = (month < calendar.months) | (stop >= calendar.months)
        value = calendar.discount[month] * counted
        served = live | relet
        billed = rent * share
        moved_in = (month == begin) & live
        prepaid = offer.get("prepayment") or {"months_of_rent": 0.0, "credit_months": 0.0}
        credit_from = prepaid.get("credit_from_month", 0.0)
        crediting = live & (month - begin >= credit_from)
        crediting &= month - begin < credit_from + prepaid["credit_months"]
        once = prepaid["months_of_rent"] * self.base
        damages = offer.get("delivery", {}).get("damages_days_per_day", 0.0) * self.delay[:, None] * self.base
        other = moved_in * (once - damages) - crediting * once / max(prepaid["credit_months"], 1e-300)
        other = other - in_term * offer.get("opex_usd_per_kw_month", 0.0) * 1000 * calendar.level[month]
        scale = self.world.power_scale.mean(axis=0)[np.minimum(month, calendar.months - 1)]
        bears = HOURS * offer.get("power_share", 0.0) * offer.get("utilisation", 1.0)

        def power(feed):
            price = [feed.mean_price(int(calendar.calendar_month[m]), x) for m, x in zip(month, scale)]
            return (value * served * bears * np.array(price)).sum(axis=1)

        revenue = np.zeros((self.world.paths, calendar.months // 12))
        for year in range(calendar.months // 12):
            revenue[:, year] = (billed * (month // 12 == year)).sum(axis=1)
        fixed = (value * (billed + other)).sum(axis=1)
        return fixed, (value * billed * served).sum(axis=1), power, revenue

    def contracted(self, start):
        """Rent by plan year while nothing goes wrong, as far as it is due whether the space is used or not."""
        month = np.arange(start, start + self.term)
        rent = self.base * (1 + self.escalator) ** ((month - start) // 12)
        due = rent * self.offer.get("take_or_pay_share", 1.0)
        return [due[month // 12 == year].sum() for year in range(self.calendar.months // 12)]
