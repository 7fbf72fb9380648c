"""Signals that wait."""

import contextlib
import signal
import threading

import pytest

from tinygrad_c.train.signals import SIGNALS, SignalGate


@pytest.fixture
def received():
    """The signals that arrive, through handlers that note them and raise."""
    numbers = []

    def handler(number, frame):
        numbers.append(number)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, handler) for number in SIGNALS}
    yield numbers
    for number, old in before.items():
        signal.signal(number, old)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_waits_for_the_next_open_part(received, number):
    steps = []
    with pytest.raises(KeyboardInterrupt), SignalGate() as gate:
        signal.raise_signal(number)
        steps.append("went on")
        assert received == []
        with gate.open():
            steps.append("never")
    assert (steps, received) == (["went on"], [number])


def test_a_signal_in_an_open_part_arrives_at_once(received):
    with pytest.raises(KeyboardInterrupt), SignalGate() as gate, gate.open():
        signal.raise_signal(signal.SIGINT)
        pytest.fail("the signal waited")
    assert received == [signal.SIGINT]


def test_the_first_of_several_signals_counts(received):
    with pytest.raises(KeyboardInterrupt), SignalGate() as gate:
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)
        with gate.open():
            pass
    assert received == [signal.SIGTERM]


def test_a_signal_that_still_waits_arrives_at_the_end(received):
    with pytest.raises(KeyboardInterrupt), SignalGate():
        signal.raise_signal(signal.SIGINT)
    assert received == [signal.SIGINT]


def test_an_exception_that_was_lost_is_raised_again(received):
    """Python drops what is raised in a finalizer."""
    with pytest.raises(KeyboardInterrupt), SignalGate() as gate:
        with gate.open(), contextlib.suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        with gate.open():
            pytest.fail("the signal was lost")
    assert received == [signal.SIGINT] * 2


def test_handlers_are_restored(received):
    before = [signal.getsignal(number) for number in SIGNALS]
    with SignalGate() as gate, gate.open():
        pass
    assert [signal.getsignal(number) for number in SIGNALS] == before


def test_a_signal_without_a_handler_keeps_its_default():
    before = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        with SignalGate():
            assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGTERM, before)


def test_other_threads_have_no_signals():
    before = signal.getsignal(signal.SIGINT)
    seen = []

    def enter():
        with SignalGate() as gate, gate.open():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()
    assert seen == [before]
