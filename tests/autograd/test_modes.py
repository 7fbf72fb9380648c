"""no_grad and its relatives: as blocks, decorators, generators, and per thread."""

import threading

import pytest

import tinygrad_c as tc


@pytest.fixture
def x():
    return tc.ones(2, requires_grad=True)


def test_blocks_nest_and_restore(x):
    with tc.no_grad():
        assert not (x * 2).requires_grad
        with tc.enable_grad():
            assert (x * 2).requires_grad
        assert not (x * 2).requires_grad
    assert (x * 2).requires_grad


@pytest.mark.parametrize(
    "decorate", [tc.no_grad, tc.no_grad(), tc.inference_mode, tc.inference_mode()]
)
def test_decorators(x, decorate):
    @decorate
    def double(t):
        """Doc."""
        return t * 2

    assert not double(x).requires_grad
    assert double.__doc__ == "Doc."
    assert tc.is_grad_enabled()


def test_the_mode_holds_while_a_generator_runs_and_not_between(x):
    @tc.no_grad()
    def steps():
        received = yield (x * 2).requires_grad
        yield received

    generator = steps()
    assert next(generator) is False
    assert tc.is_grad_enabled()
    assert generator.send("sent") == "sent"


def test_an_exception_restores_the_mode(x):
    with pytest.raises(KeyError), tc.no_grad():
        raise KeyError
    assert tc.is_grad_enabled()


def test_set_grad_enabled_as_block_and_as_call(x):
    with tc.set_grad_enabled(False):
        assert not (x * 2).requires_grad
    assert (x * 2).requires_grad
    tc.set_grad_enabled(False)
    try:
        assert not (x * 2).requires_grad
    finally:
        tc.set_grad_enabled(True)


def test_inference_tensors_cannot_be_kept(x):
    with tc.inference_mode():
        y = x * 2
        assert y.is_inference()
        assert tc.is_inference_mode_enabled()
    with pytest.raises(RuntimeError, match="inference mode"):
        x * y
    assert (x * y.clone()).requires_grad


def test_modes_belong_to_a_thread(x):
    seen = []
    with tc.no_grad():
        thread = threading.Thread(target=lambda: seen.append(tc.is_grad_enabled()))
        thread.start()
        thread.join()
    assert seen == [True]


@pytest.mark.parametrize("step", [True, False])
def test_calls_of_a_decorated_function_may_overlap(step):
    """One thread is inside while another comes and goes; each leaves what it found."""
    inside, leave, seen = threading.Event(), threading.Event(), {}

    @tc.no_grad()
    def hold(name):
        if name == "slow":
            inside.set()
            leave.wait()
        return tc.is_grad_enabled()

    @tc.no_grad()
    def held_steps(name):
        yield hold.__wrapped__(name)

    def call(name):
        enabled = next(held_steps(name)) if step else hold(name)
        seen[name] = (enabled, tc.is_grad_enabled())

    def slow():
        with tc.enable_grad():
            call("slow")

    def quick():
        tc.set_grad_enabled(False)
        inside.wait()
        call("quick")
        leave.set()

    threads = [threading.Thread(target=slow), threading.Thread(target=quick)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {"slow": (False, True), "quick": (False, False)}


def test_nothing_is_recorded_in_inference_mode(x):
    @tc.set_grad_enabled(True)
    def double(t):
        return t * 2

    assert double(x).requires_grad
    with tc.inference_mode():
        assert not double(x).requires_grad
        for mode in (tc.enable_grad(), tc.set_grad_enabled(True)):
            with mode:
                assert tc.is_inference_mode_enabled()
                assert not (tc.ones(2, requires_grad=True) * 2).requires_grad
    with tc.no_grad(), tc.inference_mode(False):
        assert tc.is_grad_enabled()


def test_a_mode_that_took_effect_at_once_ends_when_it_decorates():
    @tc.set_grad_enabled(False)
    def enabled():
        return tc.is_grad_enabled()

    assert tc.is_grad_enabled()
    assert not enabled()
