# The variants of what a binding computes; a part of each that has some. Before it stand VARIANTS,
# their names, and DEFAULT, the number of the one that runs where none is chosen.

cdef extern from *:
    """
    /* Each thread has its own choice, and its own memory of what ran last. */
    static _Thread_local int tgc_chosen = -1;
    static _Thread_local int tgc_ran = -1;
    """
    int tgc_chosen
    int tgc_ran


cdef inline int chosen() noexcept:
    return DEFAULT if tgc_chosen < 0 else tgc_chosen


cdef inline void remember(int variant) noexcept:
    global tgc_ran
    tgc_ran = variant


def variant():
    """The name of the variant that this thread runs."""
    return VARIANTS[chosen()]


def set_variant(name):
    """Let this thread run the variant `name`."""
    global tgc_chosen
    tgc_chosen = VARIANTS.index(name)


def ran():
    """The variant that ran last in this thread, None before the first."""
    return None if tgc_ran < 0 else VARIANTS[tgc_ran]
