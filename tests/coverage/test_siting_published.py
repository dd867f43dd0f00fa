"""Maximal cover against optima that others have published."""

import csv
import re

import numpy as np
import pytest
from kuzet.coverage.siting import backup_levels, failing_levels, maximal_cover
from kuzet.coverage.siting_fewest import fewest_sites


def known_optima(folder):
    """Return the published values by instance and metric."""
    with (folder / "best_known.csv").open() as file:
        return {(row["instance"], row["metric"]): float(row["value"]) for row in csv.DictReader(file)
                if re.fullmatch(r"[\d.]+", row["value"])}  # fmt: skip


def clients(folder, name):
    """Return the places (n, 2) and demands of one of Lorena and Pereira's instances."""
    table = np.loadtxt(folder / "SJC" / f"{name}.txt", skiprows=1, usecols=(0, 1, 2))
    return table[:, :2], table[:, 2]


def stores(folder):
    """Return San Francisco's stores x tracts within 5 km, and the people of each tract."""
    file = folder / "data/SF_network_distance_candidateStore_16_censusTract_205_new.csv"
    with file.open() as lines:
        table = list(csv.DictReader(lines))
    names, tracts = (sorted({row[column] for row in table}) for column in ("name", "DestinationName"))
    cover, weights = np.zeros((len(names), len(tracts)), dtype=bool), np.zeros(len(tracts))
    for row in table:
        tract = tracts.index(row["DestinationName"])
        cover[names.index(row["name"]), tract] = float(row["distance"]) <= 5000
        weights[tract] = float(row["demand"])
    return cover, weights


@pytest.mark.parametrize("name", ["SJC324", "SJC402"])
def test_every_published_optimum_is_proved(shared, name):
    """All published budgets and radii: the optimum, proved; the quick answers within 5%, 0.5% on the mean."""
    folder = shared / "benchmarks/mclp"
    places, weights = clients(folder, name)
    apart = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    short = []
    for (instance, metric), optimum in known_optima(folder).items():
        found = re.fullmatch(r"MCLP_covered_demand_S(\d+)_p(\d+)", metric)
        if found and instance == name:
            cover = apart <= int(found[1])
            plan = maximal_cover(cover, weights, budget=int(found[2]))
            quick = maximal_cover(cover, weights, budget=int(found[2]), quick=True)
            assert plan.proved and plan.covered == optimum
            assert quick.covered <= optimum <= quick.upper_bound
            short.append(1 - quick.covered / optimum)
    assert len(short) >= 10
    assert max(short) <= 0.05 and np.mean(short) <= 0.005


def test_stores_of_san_francisco(shared):
    """Every published optimum is found and proved; the quick answer is within 5%."""
    folder = shared / "benchmarks/spopt"
    cover, weights = stores(folder)
    tried = 0
    for (_, metric), optimum in known_optima(folder).items():
        found = re.fullmatch(r"MCLP_5000m_p(\d+)_POP2000", metric)
        if found:
            tried += 1
            plan = maximal_cover(cover, weights, budget=int(found[1]))
            quick = maximal_cover(cover, weights, budget=int(found[1]), quick=True)
            assert plan.proved and plan.covered == optimum
            assert 0.95 * optimum <= quick.covered <= optimum <= quick.upper_bound
    assert tried == 4
    assert fewest_sites(cover).cost == known_optima(folder)["SF_16_stores_205_tracts", "LSCP_5000m_min_sites"]


@pytest.mark.parametrize("name", ["SJC324", "SJC402"])
def test_every_published_optimum_of_other_goals(shared, name):
    """Backup, cameras that fail, sites that stand, fewest sites: each published optimum, proved."""
    folder = shared / "benchmarks/mclp"
    places, weights = clients(folder, name)
    cover = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)) <= 800
    tried = 0
    for (instance, metric), optimum in known_optima(folder).items():
        found = re.match(r"(MEXCLP|BACOP2|MCLP_existing|LSCP)\w*?_S800_p(\d*)", metric)
        if not found or instance != name:
            continue
        tried += 1
        budget = int(found[2] or 0)
        match found[1]:
            case "MEXCLP":
                plan = maximal_cover(cover, weights, budget=budget, levels=failing_levels(0.3, most=budget))
            case "BACOP2":
                plan = maximal_cover(cover, weights, budget=budget, levels=backup_levels(0.5))
            case "MCLP_existing":
                plan = maximal_cover(cover, weights, budget=budget, fixed=[0, 1])
            case _:
                plan = fewest_sites(cover)
                assert plan.cost == len(plan.chosen) == round(optimum)
                optimum = len(weights)
        assert plan.proved
        assert plan.covered == pytest.approx(optimum, abs=0.01)
    assert tried == 7
