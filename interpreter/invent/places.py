"""Cities that made-up people live in. One city gives country, language, zone and the place on the map together."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["CITIES", "City"]


class City(NamedTuple):
    """`names` is the locale whose first and last names are usual there; `weight` how many of the people live there."""

    name: str
    country: str
    language: str
    timezone: str
    latitude: float
    longitude: float
    names: str
    weight: int
    postal: str


CITIES: tuple[City, ...] = (
    City("Berlin", "DE", "de", "Europe/Berlin", 52.520, 13.405, "de_DE", 10, "10###"),
    City("Hamburg", "DE", "de", "Europe/Berlin", 53.551, 9.994, "de_DE", 6, "20###"),
    City("Munich", "DE", "de", "Europe/Berlin", 48.137, 11.576, "de_DE", 6, "80###"),
    City("Vienna", "AT", "de", "Europe/Vienna", 48.208, 16.372, "de_AT", 6, "1##0"),
    City("Zurich", "CH", "de", "Europe/Zurich", 47.377, 8.542, "de_CH", 4, "80##"),
    City("Geneva", "CH", "fr", "Europe/Zurich", 46.204, 6.143, "fr_CH", 2, "12##"),
    City("Paris", "FR", "fr", "Europe/Paris", 48.857, 2.352, "fr_FR", 10, "750##"),
    City("Lyon", "FR", "fr", "Europe/Paris", 45.764, 4.836, "fr_FR", 5, "690##"),
    City("London", "GB", "en", "Europe/London", 51.507, -0.128, "en_GB", 10, "E1 #AA"),
    City("Dublin", "IE", "en", "Europe/Dublin", 53.349, -6.260, "en_IE", 3, "D0# X#Y#"),
    City("Amsterdam", "NL", "nl", "Europe/Amsterdam", 52.368, 4.904, "nl_NL", 5, "10## AB"),
    City("Brussels", "BE", "fr", "Europe/Brussels", 50.850, 4.352, "fr_BE", 3, "10##"),
    City("Madrid", "ES", "es", "Europe/Madrid", 40.417, -3.704, "es_ES", 6, "280##"),
    City("Lisbon", "PT", "pt", "Europe/Lisbon", 38.722, -9.139, "pt_PT", 3, "1###-###"),
    City("Milan", "IT", "it", "Europe/Rome", 45.464, 9.190, "it_IT", 6, "201##"),
    City("Copenhagen", "DK", "da", "Europe/Copenhagen", 55.676, 12.568, "da_DK", 3, "2###"),
    City("Stockholm", "SE", "sv", "Europe/Stockholm", 59.329, 18.069, "sv_SE", 3, "11# ##"),
    City("Warsaw", "PL", "pl", "Europe/Warsaw", 52.230, 21.012, "pl_PL", 4, "00-###"),
    City("Prague", "CZ", "cs", "Europe/Prague", 50.075, 14.437, "cs_CZ", 3, "1## 00"),
    City("New York", "US", "en", "America/New_York", 40.713, -74.006, "en_US", 9, "100##"),
    City("Chicago", "US", "en", "America/Chicago", 41.878, -87.630, "en_US", 4, "606##"),
    City("Los Angeles", "US", "en", "America/Los_Angeles", 34.052, -118.244, "en_US", 6, "900##"),
    City("Toronto", "CA", "en", "America/Toronto", 43.653, -79.383, "en_CA", 4, "M5V #A#"),
    City("Sydney", "AU", "en", "Australia/Sydney", -33.869, 151.209, "en_AU", 4, "20##"),
    City("Tokyo", "JP", "ja", "Asia/Tokyo", 35.690, 139.692, "ja_JP", 4, "100-00##"),
    City("Mumbai", "IN", "en", "Asia/Kolkata", 19.076, 72.878, "en_IN", 4, "4000##"),
    City("São Paulo", "BR", "pt", "America/Sao_Paulo", -23.551, -46.633, "pt_BR", 4, "01###-###"),
)
