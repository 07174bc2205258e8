"""Which links carry the same in typical hours as in the hottest ones, so that what is split over them goes the same ways."""

NOTHING, SAME, DIFFERS = range(3)


class Ways:
    """Looks at one period: what a part asks for, and what heat it hands on, by use."""

    def __init__(self, twin, links, power, heat, t):
        self.twin, self.links, self.t = twin, links, t
        self.fed, self.warmed = {}, {}
        for number, use in power:
            self.fed.setdefault((links[number]["from"], use), []).append(links[number]["to"])
        for number, use, medium in heat:
            self.warmed.setdefault((links[number]["to"], use), []).append((links[number]["from"], medium))
        self.known = {}
        self.power = {key for key in power if self.asks(links[key[0]]["to"], key[1]) != DIFFERS}
        self.heat = {key for key in heat if self.heats(links[key[0]]["from"], *key[1:]) != DIFFERS}

    def load(self, hall, use, media):
        """Of a hall's own machines and tenants, as far as their heat leaves by some media."""
        loads = [{(label, weight) for label, weight, liquid in self.twin.it_load(hall, use, weather, self.t)
                  if weight != 0 and ("Liquid" if liquid else "Air") in media} for weather in ("typical", "hot")]
        return NOTHING if not any(loads) else SAME if loads[0] == loads[1] else DIFFERS

    def heats(self, part, use, medium):
        if self.twin.parts[part].kind == "Hall":
            return self.load(part, use, (medium,))
        return self.once(("heat", part, use), lambda: max(
            (self.heats(source, use, by) for source, by in self.warmed.get((part, use), [])), default=NOTHING))

    def asks(self, part, use):
        return self.once(("power", part, use), lambda: max(
            [self.own(self.twin.parts[part], use)] + [self.asks(to, use) for to in self.fed.get((part, use), [])]))

    def own(self, part, use):
        if part.kind == "Hall":
            return self.load(part.id, use, ("Air", "Liquid"))
        if not part.cools:
            return NOTHING
        shares = [part.ratings.get(key, 0.0) for key in ("power_share", "design_hour_power_share")]
        state = self.heats(part.id, use, None)
        return DIFFERS if state == SAME and shares[0] != shares[1] else state

    def once(self, key, work):
        if key not in self.known:
            self.known[key] = work()
        return self.known[key]
