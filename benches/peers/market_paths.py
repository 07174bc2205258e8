"""The paths of src/market/paths.rs written with NumPy, all paths of a month at once: what a planner would write.

Usage: market_paths.py PATHS MONTHS ROUNDS; prints the seconds of the fastest round.
Same model and defaults: jump diffusion of the price, network that follows the break-even with a lag, hashprice with
the halving of 2028, mean-reverting power, GPU rental and colocation, antithetic pairs, correlated shocks.
"""

import sys
import time

import numpy as np

LN2 = np.log(2.0)


def subsidy(months):
    """Mean subsidy per block by month; the halving falls on 120,600 blocks of 9.95 minutes after 25 December 2025."""
    days = np.arange(months + 1) * 365.25 / 12.0 + 7.0
    height = 929_400 + days * 1440.0 / 9.95
    reward = np.array([3.125 / 2 ** (max(0, int((h - 840_000) // 210_000))) for h in height])
    return (reward[:-1] + reward[1:]) / 2.0


def index(rng_normals, volatility, half_life, trend, months):
    keep = np.exp(-LN2 / half_life)
    speed = LN2 / half_life * 12.0
    after = volatility**2 / (2 * speed) * -np.expm1(-2 * speed * np.arange(months) / 12.0)
    centre = trend * np.arange(months) / 12.0 - after / 2.0
    deviation = np.sqrt(volatility**2 / (2 * speed) * -np.expm1(-2 * speed / 12.0))
    state = np.zeros(rng_normals.shape[1])
    out = np.empty_like(rng_normals)
    for month in range(months):
        out[month] = np.exp(np.clip(centre[month] + state, -40, 40))
        state = keep * state + deviation * rng_normals[month]
    return out


def sample(paths, months, seed):
    rng = np.random.Generator(np.random.PCG64(seed))
    half = paths // 2
    factor = np.linalg.cholesky(
        np.array([[1, 0.1, 0, 0.15], [0.1, 1, 0, 0], [0, 0, 1, 0], [0.15, 0, 0, 1]], dtype=float)
    )
    normals = rng.standard_normal((4, months, half))
    normals = np.concatenate([normals, -normals], axis=2)
    shocks = np.einsum("ij,jmp->imp", factor, normals)
    uniform = rng.random((months, half))
    uniform = np.concatenate([uniform, 1.0 - uniform], axis=1)
    rate = 8.0 / 12.0
    steps = np.cumsum(np.exp(-rate) * np.cumprod(np.concatenate([[1.0], rate / np.arange(1, 20)])))
    counts = np.searchsorted(steps, uniform)
    sizes = rng.standard_normal((months, half))
    sizes = np.concatenate([sizes, -sizes], axis=1)
    jumps = counts * -0.02 + np.sqrt(counts) * 0.08 * sizes
    drift = (np.log(1.05) - 8.0 * np.expm1(-0.02 + 0.08**2 / 2) - 0.38**2 / 2) / 12.0
    step = drift + 0.38 / np.sqrt(12.0) * shocks[0] + jumps
    log_price = np.vstack([np.zeros((1, paths)), np.cumsum(step, axis=0)[:-1]])
    price = 88_000.0 * np.exp(np.clip(log_price, -40, 40))

    per_usd = 1e15 * 86_400 / (148.26e12 * 2**32) * subsidy(months) * 1.01
    cost = 23.0 * 0.94 ** (np.arange(months) / 12.0) * 24 * 0.05 + 8.0
    grow, shrink = 1 - np.exp(-LN2 / 9.0), 1 - np.exp(-LN2 / 4.0)
    network = np.zeros((months, paths))
    for month in range(1, months):
        log = network[month - 1]
        gap = np.clip(np.log(per_usd[month] * price[month - 1] / cost[month]), -40, 40) - log
        network[month] = np.clip(
            log + np.where(gap > 0, grow, shrink) * gap + 0.03 * shocks[1, month - 1], -40, 40
        )
    growth = np.exp(network)
    hashprice = per_usd[:, None] * price / growth
    power = index(shocks[2], 0.25, 12.0, np.log(1.02), months)
    gpu = index(shocks[3], 0.35, 12.0, np.log(0.85), months)
    gpu *= (0.9 ** (np.arange(months) // 24))[:, None]
    colocation_normals = rng.standard_normal((months, half))
    colocation_normals = np.concatenate([colocation_normals, -colocation_normals], axis=1)
    colocation = index(colocation_normals, 0.08, 12.0, np.log(1.02), months)
    return hashprice, price, growth, power, gpu, colocation


def main():
    paths, months, rounds = (int(argument) for argument in sys.argv[1:4])
    fastest = float("inf")
    for turn in range(rounds):
        begin = time.perf_counter()
        hashprice = sample(paths, months, turn)[0]
        fastest = min(fastest, time.perf_counter() - begin)
    if not (20.0 < hashprice[-1].mean() < 80.0):
        raise SystemExit(f"the twin's mean hashprice has gone astray: {hashprice[-1].mean()}")
    print(fastest)


main()
