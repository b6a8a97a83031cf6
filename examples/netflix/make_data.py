#!/usr/bin/env python3
"""Makes the six invented tables of this example: posts, mentions, tickets, ads, survey and comments.

Nothing in them is Netflix's: no such figures are published. The numbers are drawn from a seeded generator, so that
every run writes the same bytes. Run it in this folder: python3 make_data.py
"""

import csv
import datetime as dt
import math
import random

FIRST, LAST = dt.date(2020, 7, 1), dt.date(2021, 12, 31)
DAYS = [FIRST + dt.timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
SPRING = (dt.date(2021, 4, 1), dt.date(2021, 6, 30))


def quarter(day):
    """Quarters since the first one of the tables: Q3 2020 is 0, Q4 2021 is 5."""
    return (day.year - 2020) * 4 + (day.month - 1) // 3 - 2


def in_spring(day):
    return SPRING[0] <= day <= SPRING[1]


def write(name, header, rows):
    with open(name, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows(rows)


def posts(rng):
    """Posts on the brand's own pages; a third of those in spring belong to the campaign."""
    engaged_share = [0.058, 0.061, 0.071, 0.073, 0.074, 0.076]
    rows = []
    for day in DAYS:
        for _ in range(rng.choice([0, 0, 1, 1])):
            at = dt.datetime.combine(day, dt.time(rng.randrange(9, 22), rng.randrange(60)))
            q = quarter(day)
            reach = int(rng.lognormvariate(math.log(620_000 + 25_000 * q), 0.25))
            impressions = int(reach * rng.uniform(1.35, 1.8))
            engaged = reach * engaged_share[q] * rng.uniform(0.85, 1.15)
            utm = "spring" if in_spring(day) and rng.random() < 0.4 else ""
            shares = int(engaged * (0.08 + 0.004 * q + (0.03 if utm else 0)) * rng.uniform(0.8, 1.2))
            comments = int(engaged * 0.06 * rng.uniform(0.6, 1.4))
            likes = int(engaged) - shares - comments
            if len(rows) % 17 == 3:
                likes = likes // 12  # now and then a post that few people like
            network = rng.choice(["instagram", "instagram", "twitter", "facebook"])
            name, posted = f"p{len(rows) + 1:03}", at.isoformat(timespec="seconds")
            rows.append([name, posted, network, utm, reach, impressions, likes, shares, comments])
    header = ["post", "posted_at", "network", "utm", "reach", "impressions", "likes", "shares", "comments"]
    write("posts.csv", header, rows)


def mentions(rng):
    """Mentions of each brand a day, as a listening tool would count them."""
    base = {"Netflix": 5200, "Disney+": 3900, "Prime Video": 3100, "HBO Max": 2300, "Hulu": 1900}
    ours = [0.97, 1.0, 1.12, 1.15, 1.16, 1.2]
    rows = []
    for day in DAYS:
        week = 1.15 if day.weekday() >= 4 else 0.95
        for brand, level in base.items():
            lift = ours[quarter(day)] if brand == "Netflix" else 1 + 0.01 * quarter(day)
            rows.append([day.isoformat(), brand, int(level * lift * week * rng.uniform(0.85, 1.15))])
    write("mentions.csv", ["day", "brand", "mentions"], rows)


def tickets(rng):
    """What people asked or warned of, and when somebody answered; a few were forgotten."""
    rows = []
    for day in DAYS:
        for _ in range(rng.choice([1, 1, 2, 3])):
            asked = dt.datetime.combine(day, dt.time(rng.randrange(24), rng.randrange(60)))
            threat = rng.random() < 0.08
            late = rng.random() < (0.06 if threat else 0.035)
            if threat:
                minutes = rng.randrange(26 * 60, 40 * 60) if late else rng.randrange(30, 20 * 60)
            else:
                minutes = rng.randrange(65, 400) if late else rng.randrange(3, 56)
            answered = asked + dt.timedelta(minutes=minutes)
            forgotten = rng.random() < 0.004
            done = "" if forgotten or answered.date() > LAST else answered.isoformat(timespec="seconds")
            kind = "threat" if threat else "concern"
            rows.append([f"t{len(rows) + 1:04}", kind, asked.isoformat(timespec="seconds"), done])
    write("tickets.csv", ["ticket", "kind", "asked_at", "answered_at"], rows)


def ads(rng):
    """Ads for sign-ups: two that always run, and the campaign's own in spring."""
    rate = [0.0235, 0.0242, 0.0251, 0.0318, 0.0309, 0.0312]
    rows = []
    for day in DAYS:
        for name, utm in [("search", ""), ("video", ""), ("spring", "spring")]:
            if utm and not in_spring(day):
                continue
            impressions = int(rng.uniform(180_000, 260_000) * (1.6 if utm else 1))
            clicks = int(impressions * rng.uniform(0.009, 0.013))
            sign_ups = int(clicks * rate[quarter(day)] * rng.uniform(0.85, 1.15) * (1.05 if utm else 1))
            spend = round(clicks * rng.uniform(1.05, 1.25), 2)
            value = round(sign_ups * rng.uniform(92, 112), 2)
            rows.append([day.isoformat(), name, utm, impressions, clicks, sign_ups, spend, value])
    write("ads.csv", ["day", "ad", "utm", "impressions", "clicks", "sign_ups", "spend_usd", "value_usd"], rows)


def survey(rng):
    """One or two answers a day: would you recommend us (0..10), how satisfied are you (1..5). Some leave one out."""
    rows = []
    for day in DAYS:
        month_dip = (day.year, day.month) in [(2021, 4), (2021, 9)]
        for _ in range(rng.choice([1, 2, 2])):
            score = rng.choices([10, 9, 8, 7, 6, 5, 3, 0], [34, 33, 14, 7, 4, 4, 2, 2])[0]
            rating = rng.choices([5, 4, 3, 2, 1], [42, 42, 11, 4, 1] if month_dip else [56, 40, 2, 1, 1])[0]
            blank = rng.random()
            rows.append([day.isoformat(), "" if blank < 0.03 else score, "" if blank > 0.97 else rating])
    write("survey.csv", ["day", "recommend", "satisfaction"], rows)


WARM = [
    "I love this show, what a great ending!",
    "Best series of the year :)",
    "so good, we watched it all in one weekend",
    "Thank you @netflix, my kids are happy 😊",
    "not bad at all",
    "This made my evening!!!",
]
COOL = [
    "when does season two start?",
    "watching with my sister tonight",
    "who plays the detective?",
    "is it dubbed in Spanish? @Netflix #series",
]
COLD = [
    "so boring, I fell asleep",
    "Another price increase? That is a terrible idea.",
    "I hate that they cancelled it :(",
    "The app crashes all the time, very disappointing",
    "why is the sound so BAD",
]


def comments(rng):
    """What people write under the posts: warmer from spring on, colder while a price increase is talked of."""
    rows = []
    for day in DAYS:
        dear = dt.date(2021, 1, 10) <= day <= dt.date(2021, 2, 20) or (day.year, day.month) == (2021, 11)
        weights = [3, 2, 4] if dear else [4, 3, 2] if day < SPRING[0] else [6, 3, 2]
        for _ in range(rng.choice([0, 1, 1, 2])):
            words = rng.choice(rng.choices([WARM, COOL, COLD], weights)[0])
            rows.append([f"c{len(rows) + 1:04}", day.isoformat(), rng.choice(["instagram", "twitter", "facebook"]), words])
    write("comments.csv", ["comment", "day", "network", "text"], rows)


if __name__ == "__main__":
    for make in (posts, mentions, tickets, ads, survey, comments):
        make(random.Random(f"milepost {make.__name__}"))
