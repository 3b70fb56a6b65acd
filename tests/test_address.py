"""The address policy: what may be asked over the network, and what never."""

from __future__ import annotations

import contextlib
import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leukograph.errors import RefusedAddress
from leukograph.store.address import Place, carried, judge, split

PUBLIC = "93.184.216.34"
PLACE = Place("https", "sparql.example.org", 443, "/sparql")


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://sparql.example.org/sparql", PLACE),
        ("HTTPS://SPARQL.example.ORG./sparql", PLACE),
        ("http://a.example", Place("http", "a.example", 80, "/")),
        ("http://a.example:3030/ds?x=1#frag", Place("http", "a.example", 3030, "/ds?x=1")),
        ("http://[2606:2800:220:1::1]:81/", Place("http", "2606:2800:220:1::1", 81, "/")),
    ],
)
def test_addresses_are_taken_apart(url: str, place: Place) -> None:
    assert split(url) == place


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://a.example/",
        "gopher://a.example/",
        "//a.example/",
        "a.example/sparql",
        "http:///sparql",
        "http://user@a.example/",
        "http://user:secret@a.example/",
        "http://a.example:99999/",
        "http://a.example:x/",
        "http://a.example/\r\nHost: b",
        "http://a.example\\@b.example/",
        "http://a.example/ x",
        "http://\u2024/",
        "http://[::1/",
        "http://-/",
        "",
    ],
)
def test_what_no_endpoint_needs_is_refused(url: str) -> None:
    with pytest.raises(RefusedAddress):
        split(url)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "198.18.0.1",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        f"::ffff:{PUBLIC}",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:80ff:fffe",
    ],
)
def test_addresses_that_are_not_public_are_refused(address: str) -> None:
    with pytest.raises(RefusedAddress) as refusal:
        judge(PLACE, [address])
    with pytest.raises(RefusedAddress):  # one public address beside it does not help
        judge(PLACE, [PUBLIC, address])

    assert address in str(refusal.value)
    assert refusal.value.exit_code == 2


def test_public_addresses_pass() -> None:
    assert judge(PLACE, [PUBLIC, "2606:2800:220:1::1", PUBLIC]) == (PUBLIC, "2606:2800:220:1::1")


def test_a_host_without_an_address_is_refused() -> None:
    with pytest.raises(RefusedAddress, match="no address"):
        judge(PLACE, [])


def test_only_the_address_itself_opens_what_is_not_public() -> None:
    named = Place("http", "triples.intern", 80, "/")
    local = Place("http", "localhost", 80, "/")

    with pytest.raises(RefusedAddress):
        judge(named, ["10.0.0.5"], allowed={"triples.intern"})
    assert judge(named, ["10.0.0.5"], allowed={"10.0.0.5"}) == ("10.0.0.5",)
    with pytest.raises(RefusedAddress):
        judge(named, ["10.0.0.5", "10.0.0.6"], allowed={"10.0.0.5"})
    assert judge(local, ["127.0.0.1", "::1"], allowed={"localhost"}) == ("127.0.0.1", "::1")
    with pytest.raises(RefusedAddress):
        judge(named, ["127.0.0.1"], allowed={"localhost"})
    with pytest.raises(RefusedAddress):
        judge(local, ["10.0.0.5"], allowed={"localhost"})


@given(st.ip_addresses(v=4))
def test_ipv4_that_passes_is_global_by_the_registry(address: ipaddress.IPv4Address) -> None:
    with contextlib.suppress(RefusedAddress):
        judge(PLACE, [str(address)])
        assert address.is_global
        assert not address.is_multicast


@given(st.ip_addresses(v=4), st.sampled_from(["::ffff:{}", "64:ff9b::{}", "::{}"]))
def test_ipv4_inside_ipv6_never_passes(address: ipaddress.IPv4Address, form: str) -> None:
    text = form.format(address)

    with pytest.raises(RefusedAddress):
        judge(PLACE, [text])
    if int(address) > 1:
        assert carried(ipaddress.ip_address(text)) == address


@given(st.text(max_size=60))
def test_only_our_error_comes_out(text: str) -> None:
    for url in (text, f"http://{text}", f"https://a.example/{text}", f"http://{text}@a.example"):
        with contextlib.suppress(RefusedAddress):
            place = split(url)
            assert place.scheme in {"http", "https"}
            assert place.host
