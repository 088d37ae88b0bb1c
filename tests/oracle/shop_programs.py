"""What is offered and recommended, made up at random: offers, decisions, recommendations, and a message of them."""

from __future__ import annotations

from hypothesis import strategies as st

SHOP = """\
schema Item
  product   ref product  required
  quantity  integer      = 1

event viewed
  product  ref product  required

event ordered
  items  list of Item

catalog product from csv "products.csv" key sku
  sku       text
  name      text
  category  text
  released  date

attribute seen_lately = last 3 viewed.product in last 30 days
"""

WHEN = ("", "", "points >= 1", "loyalty is gold", "has visit in last 1 day", 'country is "FR"',
        "has viewed", "any of seen_lately where category is \"shoes\"", "no purchase in last 2 days")  # fmt: skip
SINCE = ("", "", "2026-03-29", "2026-04-01", "2026-02-01")
UNTIL = ("", "", "2026-03-29", "2026-04-15", "2028-01-01")
PRIORITY = ("", "10", "10", "20", "15 + points", "points")
RANKINGS = ("most viewed in last 2 days", "most viewed", "most ordered in last 7 days", "newest", "seen viewed",
            "seen viewed in last 2 days", "bought ordered", "most ordered since 2026-03-29",
            "bought together with seen_lately in ordered",
            "bought together with seen_lately in ordered in last 7 days")  # fmt: skip
EXCEPT = ("", "", "seen viewed in last 1 day", "bought ordered", "bought ordered in last 7 days")
OFFERS = ("o0", "o1", "o2")


@st.composite
def shops(draw: st.DrawFn) -> tuple[str, bool]:
    """The text, and whether an audience may ask for the decision `best`."""
    parts = [SHOP]
    limited = False
    for name in OFFERS:
        lines = [f"offer {name}"]
        for word, values in (("when", WHEN), ("since", SINCE), ("until", UNTIL), ("priority", PRIORITY)):
            said = draw(st.sampled_from(values))
            if said:
                lines.append(f"  {word} {said}")
        if draw(st.booleans()):
            lines.append(f"  at most {draw(st.integers(1, 2))} times per person")
        if draw(st.integers(0, 3)) == 0:
            limited = True
            lines.append(f"  at most {draw(st.integers(1, 4))} times in total")
        lines.append(f'  title "{name}"')
        parts.append("\n".join(lines))
    picked = draw(st.integers(1, 2))
    by = draw(st.sampled_from(("priority", "priority", "0 - priority", "priority * points")))
    chosen = draw(st.permutations(OFFERS))
    lines = ["decision best", f"  from {', '.join(chosen)}", f"  pick {picked} by {by}"]
    if draw(st.booleans()):
        lines.append(f"  otherwise {draw(st.sampled_from(OFFERS))}")
    parts.append("\n".join(lines))
    lines = ["recommendation goods", f"  pick {draw(st.integers(1, 3))} from product"]
    lines.append(f"  by {draw(st.sampled_from(RANKINGS))}")
    excluded = draw(st.sampled_from(EXCEPT))
    if excluded:
        lines.append(f"  except {excluded}")
    if draw(st.booleans()):
        lines.append(f"  otherwise {draw(st.sampled_from(('newest', 'most viewed in last 7 days')))}")
    parts.append("\n".join(lines))
    title = "{{ best.title }}" if picked == 1 else "{% for offer in best %}{{ offer.title }} {% endfor %}"
    parts.append(f'''message pitch about service
  email
    subject "{title}"
    body    "<p>{{% for p in goods %}}{{{{ p.name }}}} {{% endfor %}}</p>"
  sms when best is o1
    text "{title}"
  sms
    text "{{% for p in goods %}}{{{{ p.name }}}} {{% endfor %}}"''')
    return "\n\n".join(parts), not limited
